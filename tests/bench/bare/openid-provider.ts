// The provider of the code flow, a real one. Whoever comes is signed in at once, as the person whose number the cookie `person` holds.
import process from 'node:process';
import { startOpenIdProvider } from '@sandgate/tests';
import { emailOf } from '../client/tokens.js';
import { given } from './listen.js';

await startOpenIdProvider({
  redirectUri: given('REDIRECT_URI'),
  port: Number(given('PORT')),
  people: {
    subOf: ({ headers }) => /person=(\d+)/.exec(headers.cookie ?? '')?.[1] ?? 'nobody',
    claimsOf: (sub) => ({
      email: emailOf(Number(sub)),
      email_verified: true,
      given_name: 'Person',
      family_name: `Number ${sub}`,
      groups: ['Customer-Bench'],
      account_id: Number(sub),
    }),
  },
});
process.once('SIGTERM', () => process.exit(0));

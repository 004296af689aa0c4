import { describe, expect, test } from '@jest/globals';
import type { OidcProviderSettings } from '@sandgate/contracts';
import type { IDToken } from 'openid-client';
import { decideCodeSignIn } from './decide-code-sign-in.js';

const settings = {
  emailClaim: 'email',
  firstNameClaim: 'given_name',
  lastNameClaim: 'family_name',
  groupsClaim: 'groups',
} as OidcProviderSettings;
const now = 1_800_000_000;
const registered = { iss: 'https://login.example', aud: 'sandgate', iat: now, exp: now + 300, sub: 'one', nonce: 'n' };

const decide = (claims: Record<string, unknown>, userInfo = {}, change: Partial<OidcProviderSettings> = {}) =>
  decideCodeSignIn(
    { idToken: { ...registered, ...claims } as IDToken, userInfo },
    { ...settings, ...change },
    { state: 's', endsAt: now + 600, now },
  );

test('an ID token becomes the person by subject, the claims, and a token that is good once until the state is over', () => {
  expect(decide({ email: 'Rene@Acme.Example', given_name: 'Rene', groups: ['B', 'A'], region: 'north' })).toEqual({
    subject: 'one',
    email: 'rene@acme.example',
    issuedAt: now,
    claims: {
      firstName: 'Rene',
      attributes: { region: 'north' },
      groups: { presence: 'listed', names: ['A', 'B'] },
    },
    dropped: [],
    token: { key: expect.stringMatching(/^[0-9a-f]{64}$/), once: true, rememberUntil: now + 600 },
  });
});

test('userinfo adds what the ID token does not say, and changes nothing that it says', () => {
  const { email, claims } = decide({ email: 'a@acme.example' }, { sub: 'one', email: 'b@acme.example', groups: ['G'] });

  expect([email, claims.groups.names]).toEqual(['a@acme.example', ['G']]);
});

test('Azure AD B2C names the address in a list of one', () => {
  expect(decide({ emails: ['a@acme.example'] }, {}, { emailClaim: 'emails' }).email).toBe('a@acme.example');
});

test('what differs in each token is no attribute', () => {
  const each = {
    aio: '1',
    rh: '2',
    uti: '3',
    ver: '2.0',
    session_state: '4',
    idp: '5',
    typ: 'ID',
    email_verified: true,
  };

  expect(decide({ email: 'a@acme.example', ...each, auth_time: 1, at_hash: 'x', sid: 'y' }).claims.attributes).toEqual(
    {},
  );
});

describe('refused is', () => {
  test.each([
    [
      'an address that is not verified',
      { email: 'a@acme.example', email_verified: false },
      'auth.oidc_email_unverified',
    ],
    ['one in text', { email: 'a@acme.example', email_verified: 'false' }, 'auth.oidc_email_unverified'],
    ['no address', {}, 'auth.token_email_invalid'],
    ['a choice of addresses', { email: ['a@acme.example', 'b@acme.example'] }, 'auth.token_email_invalid'],
    ['an empty subject', { email: 'a@acme.example', sub: '' }, 'auth.token_claim_invalid'],
    ['an iat in milliseconds', { email: 'a@acme.example', iat: now * 1000 }, 'auth.token_not_yet_valid'],
    ['an iat that is no number of seconds', { email: 'a@acme.example', iat: 0.5 }, 'auth.token_claim_invalid'],
  ])('%s', (_what, claims, code) => {
    expect(() => decide(claims)).toThrow(expect.objectContaining({ code }));
  });
});

import { dryRunSignIn } from '@sandgate/contracts';
import { type AnyRoute, route } from '@sandgate/service-kit';
import type { dryRunSignIn as use } from '../dry-run/dry-run-sign-in.js';

export const dryRunSignInRoute = (dryRun: ReturnType<typeof use>): AnyRoute =>
  route(dryRunSignIn, ({ params: { provider }, body: { jwt, claims } }) =>
    dryRun(claims ? { provider, claims } : { provider, token: jwt ?? '' }),
  );

import { dryRunToken } from '@sandgate/contracts';
import { type AnyRoute, route } from '@sandgate/service-kit';
import type { dryRunToken as use } from '../dry-run/dry-run-token.js';

export const dryRunTokenRoute = (dryRun: ReturnType<typeof use>): AnyRoute =>
  route(dryRunToken, ({ params, body }) => dryRun({ provider: params.provider, token: body.jwt }));

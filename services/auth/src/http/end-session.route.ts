import { type Ask, endSession, Failure } from '@sandgate/contracts';
import { type AnyRoute, authorOf, route } from '@sandgate/service-kit';
import { isAdministrator } from '../sessions/account-to-look-after.js';
import type { SessionStore } from '../sessions/session-store.js';

interface Dependencies {
  readonly sessions: SessionStore;
  readonly ask: Ask;
}

export const endSessionRoute = ({ sessions, ask }: Dependencies): AnyRoute =>
  route(endSession, async ({ params: { id }, caller, traceparent }) => {
    const by = authorOf({ caller, traceparent });
    if (await sessions.end({ id, accountId: caller.accountId }, by)) return;
    if ((await isAdministrator(ask, caller)) && (await sessions.end({ id }, by))) return;
    throw new Failure('auth.session_not_found');
  });

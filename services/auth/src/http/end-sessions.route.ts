import { type Ask, endSessions } from '@sandgate/contracts';
import { type AnyRoute, authorOf, route } from '@sandgate/service-kit';
import { accountToLookAfter } from '../sessions/account-to-look-after.js';
import type { SessionStore } from '../sessions/session-store.js';

interface Dependencies {
  readonly sessions: SessionStore;
  readonly ask: Ask;
}

export const endSessionsRoute = ({ sessions, ask }: Dependencies): AnyRoute =>
  route(endSessions, async ({ query, caller, traceparent }) => {
    const accountId = await accountToLookAfter(ask, caller, query.accountId);
    return { ended: await sessions.endAll(accountId, authorOf({ caller, traceparent })) };
  });

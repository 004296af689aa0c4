import { type Ask, endSessions } from '@sandgate/contracts';
import { type AnyRoute, route } from '@sandgate/service-kit';
import { accountToLookAfter } from '../sessions/account-to-look-after.js';
import type { SessionStore } from '../sessions/session-store.js';

interface Dependencies {
  readonly sessions: SessionStore;
  readonly ask: Ask;
}

export const endSessionsRoute = ({ sessions, ask }: Dependencies): AnyRoute =>
  route(endSessions, async ({ query, caller }) => ({
    ended: await sessions.endAll(await accountToLookAfter(ask, caller, query.accountId)),
  }));

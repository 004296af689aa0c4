import { type Ask, listSessions } from '@sandgate/contracts';
import { type AnyRoute, route } from '@sandgate/service-kit';
import { accountToLookAfter } from '../sessions/account-to-look-after.js';
import type { SessionStore } from '../sessions/session-store.js';
import { hashSessionToken } from '../sessions/session-token.js';

interface Dependencies {
  readonly sessions: SessionStore;
  readonly ask: Ask;
}

export const listSessionsRoute = ({ sessions, ask }: Dependencies): AnyRoute =>
  route(listSessions, async ({ query: { accountId: named, ...page }, caller, credential }) => {
    const accountId = await accountToLookAfter(ask, caller, named);
    return sessions.list({ accountId, ...page, currentHash: hashSessionToken(credential?.token ?? '') });
  });

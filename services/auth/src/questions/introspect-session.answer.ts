import { introspectSession } from '@sandgate/contracts';
import { type Answer, answer } from '@sandgate/service-kit';
import type { SessionStore } from '../sessions/session-store.js';
import { hashSessionToken } from '../sessions/session-token.js';

/** A caller without a token asks as one with an unknown token: what counts is then whether there is a provider to send a browser to. */
export const introspectSessionAnswer = (sessions: SessionStore): Answer =>
  answer(introspectSession, ({ token = '' }) => sessions.introspect(hashSessionToken(token)));

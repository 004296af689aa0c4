import { z } from 'zod';
import { defineEndpoint } from './define-endpoint.js';
import { listOf, Page } from './lists.js';

const owner = 'auth';
const access = 'person';
const AccountId = z.uuid();

export const Session = z.strictObject({
  /** Names the session; nothing can be signed with it. */
  id: z.uuid(),
  accountId: AccountId,
  /** The provider by which it was opened, or `password`. */
  provider: z.string(),
  createdAt: z.iso.datetime(),
  /** To the minute. */
  lastSeenAt: z.iso.datetime(),
  /** It is over then, however much it is used; sooner where it is not used. */
  expiresAt: z.iso.datetime(),
  /** This request carries it. */
  current: z.boolean(),
});
export type Session = z.infer<typeof Session>;

export const listSessions = defineEndpoint({
  method: 'get',
  path: '/api/sessions',
  owner,
  access,
  summary: 'Sessions of the caller, the newest first; of somebody else with `accountId`, for administrators',
  query: z.strictObject({ ...Page, accountId: AccountId.optional() }),
  response: listOf(Session),
  errors: ['auth.administrator_required'],
});

/** Somebody else's session is as unknown as one that is over, but to administrators. */
export const endSession = defineEndpoint({
  method: 'delete',
  path: '/api/sessions/{id}',
  owner,
  access,
  summary: "End one of the caller's sessions, or any for administrators; over on every instance when answered",
  params: z.strictObject({ id: z.uuid() }),
  status: 204,
  errors: ['auth.session_not_found'],
});

export const endSessions = defineEndpoint({
  method: 'delete',
  path: '/api/sessions',
  owner,
  access,
  summary: "Sign out everywhere: end the caller's sessions, this one too, or with `accountId` those of that account",
  query: z.strictObject({ accountId: AccountId.optional() }),
  response: z.strictObject({ ended: z.int().nonnegative() }),
  errors: ['auth.administrator_required'],
});

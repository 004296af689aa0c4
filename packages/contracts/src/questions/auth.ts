import { z } from 'zod';
import { PasswordLink } from '../api/passwords.js';
import { AccountStatus, PersonName } from '../claims.js';
import { defineQuestion } from './define-question.js';

/** What a session stands for now. The claims version is that of the account, so that an old session loses old rights with the next sign-in. */
export const Introspection = z.discriminatedUnion('active', [
  z.strictObject({ active: z.literal(true), accountId: z.uuid(), claimsVersion: z.int().positive() }),
  z.strictObject({ active: z.literal(false), singleSignOn: z.boolean() }),
]);
export type Introspection = z.infer<typeof Introspection>;

/** `token` is absent for a caller without a session; `singleSignOn` then says whether a browser can be sent to a provider. */
export const introspectSession = defineQuestion({
  name: 'auth.introspect-session',
  answeredBy: 'auth',
  isIdempotent: true,
  input: z.strictObject({ token: z.string().max(128).optional() }),
  output: Introspection,
});

/** What an API key stands for now. It is never a session, nor a session an API key. */
export const introspectApiKey = defineQuestion({
  name: 'auth.introspect-api-key',
  answeredBy: 'auth',
  isIdempotent: true,
  input: z.strictObject({ key: z.string().max(128) }),
  output: z.discriminatedUnion('active', [
    z.strictObject({ active: z.literal(true), accountId: z.uuid(), claimsVersion: z.int().positive() }),
    z.strictObject({ active: z.literal(false) }),
  ]),
});

/** Whether people may sign in with a password. */
export const describePasswordSignIn = defineQuestion({
  name: 'auth.describe-password-sign-in',
  answeredBy: 'auth',
  isIdempotent: true,
  input: z.strictObject({}),
  output: z.strictObject({ enabled: z.boolean() }),
});

/** The operator's way back when nobody can sign in through a provider. */
export const enablePasswordSignIn = defineQuestion({
  name: 'auth.enable-password-sign-in',
  answeredBy: 'auth',
  isIdempotent: true,
  input: z.strictObject({}),
  output: z.strictObject({}),
});

/**
 * Makes an account whose password nobody knows, and a link to set one. `request.invalid` for what is no e-mail address, `auth.account_exists`,
 * `auth.domain_of_provider`, `auth.password_sign_in_disabled`, `auth.password_busy`.
 */
export const createPasswordAccount = defineQuestion({
  name: 'auth.create-password-account',
  answeredBy: 'auth',
  isIdempotent: false,
  input: z.strictObject({
    email: z.string().max(254),
    firstName: PersonName,
    lastName: PersonName,
    /** The administrator who wants it, and in which request. */
    actorId: z.uuid(),
    traceparent: z.string(),
  }),
  output: z.strictObject({ accountId: z.uuid(), email: z.string(), link: PasswordLink }),
});

/** Sets the status of an account; deactivating also ends its sessions, in one transaction. `directory.account_not_found` when unknown. */
export const setAccountStatus = defineQuestion({
  name: 'auth.set-account-status',
  answeredBy: 'auth',
  isIdempotent: true,
  input: z.strictObject({ accountId: z.uuid(), status: AccountStatus }),
  output: z.strictObject({}),
});

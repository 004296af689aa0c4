import { z } from 'zod';
import { DryRunQuery, WaysInPreview } from './change-preview.js';
import { defineEndpoint } from './define-endpoint.js';

const owner = 'auth';
/** What makes one good enough is answered with `auth.password_weak`. */
const NewPassword = z.string().max(4096);

/** A link by which somebody sets a password. Whoever has it can, once, until it expires or another one is made. */
export const PasswordLink = z.strictObject({ url: z.url(), expiresAt: z.iso.datetime() });
export type PasswordLink = z.infer<typeof PasswordLink>;

export const createPasswordReset = defineEndpoint({
  method: 'post',
  path: '/api/accounts/{id}/password-reset',
  owner,
  access: 'administrator',
  summary: 'Make a link by which the person sets a new password; shown this once, good once, for 48 hours',
  params: z.strictObject({ id: z.uuid() }),
  status: 201,
  response: PasswordLink,
  errors: ['auth.account_not_found', 'auth.account_without_password'],
});

export const resetPassword = defineEndpoint({
  method: 'post',
  path: '/api/password-reset',
  owner,
  access: 'anyone',
  summary: 'Set a password by the token of a link; ends all sessions of the account',
  body: z.strictObject({ token: z.string().max(128), password: NewPassword }),
  status: 204,
  errors: ['auth.password_reset_invalid', 'auth.password_weak', 'auth.password_busy', 'auth.too_many_refusals'],
});

export const changePassword = defineEndpoint({
  method: 'put',
  path: '/api/password',
  owner,
  access: 'person',
  summary: 'Change the own password; ends all other sessions of the account',
  body: z.strictObject({ currentPassword: z.string().max(1024), newPassword: NewPassword }),
  status: 204,
  errors: [
    'auth.current_password_wrong',
    'auth.account_without_password',
    'auth.password_weak',
    'auth.password_busy',
    'auth.too_many_refusals',
  ],
});

const PasswordSignIn = z.strictObject({ enabled: z.boolean() });

export const getPasswordSignIn = defineEndpoint({
  method: 'get',
  path: '/api/password-sign-in',
  owner,
  access: 'administrator',
  summary: 'Whether people may sign in with a password',
  response: PasswordSignIn,
});

/** `npm run admin -- enable-password-sign-in` is the operator's way back. */
export const putPasswordSignIn = defineEndpoint({
  method: 'put',
  path: '/api/password-sign-in',
  owner,
  access: 'administrator',
  summary: 'Allow or forbid signing in with a password; sessions stay. In force everywhere when answered',
  query: DryRunQuery,
  body: PasswordSignIn,
  response: z.union([PasswordSignIn, WaysInPreview]),
  errors: ['auth.no_other_way_in'],
});

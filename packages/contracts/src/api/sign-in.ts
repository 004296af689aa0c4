import { z } from 'zod';
import { AttributeName, AttributeValue } from '../attribute.js';
import { AccountStatus, PersonName } from '../claims.js';
import { defineEndpoint } from './define-endpoint.js';

const owner = 'auth';
/** `return_to` is the documented name both ways; applications for the product in the seeds also send `redirect`. */
const ReturnTo = z.string().max(8192).optional();

/** With `jwt`: verifies, signs in, redirects to `return_to`. Without: redirects to the provider. Other parameters are ignored. */
export const singleSignOn = defineEndpoint({
  method: 'get',
  path: '/auth/sso',
  owner,
  access: 'anyone',
  summary: 'Sign in with a token of the provider, or be sent to the provider',
  query: z.object({
    jwt: z.string().optional(),
    /** Name of the provider; without it the issuer and the key of the token tell, or where there is none what is enabled. */
    provider: z.string().max(64).optional(),
    /** Without `jwt`: the name of an OpenID Connect provider, or `oidc` for the only one. Others are ignored. */
    preferred_method: z.string().max(64).optional(),
    return_to: ReturnTo,
    redirect: ReturnTo,
  }),
  answers: 'redirect',
  errors: [
    'auth.sign_in_refused',
    'auth.return_to_unsafe',
    'auth.sso_disabled',
    'auth.provider_required',
    'auth.too_many_refusals',
  ],
});

/** Where an OpenID Connect provider sends the browser back to (RFC 6749 section 4.1.2, RFC 9207). Other parameters are ignored. */
export const singleSignOnCallback = defineEndpoint({
  method: 'get',
  path: '/auth/sso/callback',
  owner,
  access: 'anyone',
  summary: 'Sign in with the code of an OpenID Connect provider; redirects to where the sign-in began',
  query: z.object({
    state: z.string().max(256).optional(),
    code: z.string().max(8192).optional(),
    iss: z.string().max(2048).optional(),
    error: z.string().max(256).optional(),
  }),
  answers: 'redirect',
  errors: ['auth.sign_in_refused', 'auth.too_many_refusals'],
});

export const signInWithPassword = defineEndpoint({
  method: 'post',
  path: '/api/session',
  owner,
  access: 'anyone',
  summary: 'Sign in with a password; answers the session and sets its cookie',
  body: z.strictObject({ username: z.string().max(320), password: z.string().max(1024) }),
  response: z.strictObject({ id: z.string() }),
  errors: ['auth.password_wrong', 'auth.password_busy', 'auth.password_sign_in_disabled', 'auth.too_many_refusals'],
});

export const signOut = defineEndpoint({
  method: 'delete',
  path: '/api/session',
  owner,
  access: 'person',
  summary: 'End the session',
  status: 204,
});

export const getCurrentAccount = defineEndpoint({
  method: 'get',
  path: '/api/user/current',
  owner: 'directory',
  access: 'person',
  summary: 'The signed-in account, as new as the sign-in',
  response: z.strictObject({
    id: z.uuid(),
    email: z.string(),
    firstName: PersonName,
    lastName: PersonName,
    status: AccountStatus,
    attributes: z.record(AttributeName, AttributeValue),
    groups: z.array(z.strictObject({ id: z.int(), name: z.string() })),
    administrator: z.boolean(),
  }),
  errors: ['permissions.not_yet_applied', 'directory.account_not_yet_applied'],
});

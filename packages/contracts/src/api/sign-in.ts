import { z } from 'zod';
import { AttributeName, AttributeValue, StorableText } from '../attribute.js';
import { AccountStatus, PersonName } from '../claims.js';
import { type DisplayParameter, displayParameters } from '../display.js';
import { defineEndpoint } from './define-endpoint.js';

const owner = 'auth';
/** `return_to` is the documented name both ways; applications for the product in the seeds also send `redirect`. */
const ReturnTo = z.string().max(8192).optional();

/** A host that forgets to encode `return_to` sends the display parameters here. */
const display = Object.fromEntries(displayParameters.map((name) => [name, z.string().optional()])) as Readonly<
  Record<DisplayParameter, z.ZodOptional<z.ZodString>>
>;

/** Programs that ask by these names in `X-Metabase-Client` get JSON and no cookie. Whatever else the header says is a browser. */
const embeddingClients: readonly string[] = ['embedding-sdk-react', 'embedding-simple'];

export const isForProgram = ({ 'x-metabase-client': client }: Readonly<Record<string, unknown>>): boolean =>
  embeddingClients.some((one) => one === client);

const ssoHeaders = {
  'x-metabase-client': z.string().optional(),
  // W3C Fetch Metadata: whether the answer is for a frame, and whether another site is behind the request.
  'sec-fetch-dest': z.string().optional(),
  'sec-fetch-site': z.string().optional(),
};

const noBody = 'a GET has no body';

/** A session for a program, to be sent as `X-Metabase-Session`. It ends at `exp`: with the token, or with the longest age of a session. In seconds since 1970. */
const SessionForProgram = z.strictObject({ status: z.literal('ok'), id: z.string(), exp: z.int(), iat: z.int() });

/** Where a program gets its tokens. Older SDKs want a `hash` too and send it back; it means nothing. */
const AddressForProgram = z.strictObject({ url: z.string(), method: z.literal('jwt'), hash: z.string() });

/**
 * With `jwt`: verifies, signs in, redirects to `return_to`. Without: redirects to the provider. A program (`isForProgram`) is answered the session,
 * or the address of a JWT provider, in the body. Other parameters are ignored.
 */
export const singleSignOn = defineEndpoint({
  method: 'get',
  path: '/auth/sso',
  owner,
  access: 'anyone',
  summary: 'Sign in with a token of the provider, or be sent to the provider',
  query: z.object({
    jwt: z.string().optional(),
    /** Name of the provider; without it the issuer and the key of the token tell, or where there is none what is enabled. */
    provider: StorableText.max(64).optional(),
    /** Without `jwt`: the name of an OpenID Connect provider, or `oidc` for the only one. Others are ignored. */
    preferred_method: StorableText.max(64).optional(),
    return_to: ReturnTo,
    redirect: ReturnTo,
    ...display,
  }),
  headers: z.object({
    ...ssoHeaders,
    'content-length': z.literal('0', noBody).optional(),
    'transfer-encoding': z.never(noBody).optional(),
  }),
  answers: 'redirect',
  errorsHaveStatus: true,
  response: z.union([AddressForProgram, SessionForProgram]),
  errors: [
    'auth.sign_in_refused',
    'auth.too_many_refusals',
    'auth.return_to_unsafe',
    'auth.sso_disabled',
    'auth.browser_required',
    'auth.provider_required',
  ],
});

/** The same with the token in the body, where no log and no history keeps it. */
export const presentToken = defineEndpoint({
  method: 'post',
  path: '/auth/sso',
  owner,
  access: 'anyone',
  summary: 'Sign in with a token of the provider',
  fromConfiguredOrigins: true,
  query: z.object({
    jwt: z.never('goes into the body of a POST').optional(),
    provider: StorableText.max(64).optional(),
    return_to: ReturnTo,
    redirect: ReturnTo,
    ...display,
  }),
  body: z.strictObject({ jwt: z.string() }),
  headers: z.object(ssoHeaders),
  answers: 'redirect',
  errorsHaveStatus: true,
  response: SessionForProgram,
  errors: ['auth.sign_in_refused', 'auth.too_many_refusals', 'auth.return_to_unsafe', 'auth.sso_disabled'],
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
  headers: z.object(ssoHeaders),
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

/** Logout as applications for the product in the seeds ask for it; there is no address of another site to go on to. */
export const singleSignOut = defineEndpoint({
  method: 'post',
  path: '/auth/sso/logout',
  owner,
  access: 'person',
  summary: 'End the session',
  response: z.strictObject({ 'saml-logout-url': z.null() }),
});

/**
 * Settings of the site under the names of the product in the seeds: those that its SDK reads before it shows anything (embedding-sdk-react 0.56,
 * `use-sdk-usage-problem`). No `version`: the SDK would compare it with its own and warn.
 */
export const getSessionProperties = defineEndpoint({
  method: 'get',
  path: '/api/session/properties',
  owner,
  access: 'anyone',
  summary: 'Settings of the site that an embedding application needs to know',
  response: z.strictObject({
    'site-url': z.string(),
    'site-name': z.string(),
    'site-locale': z.string(),
    'has-user-setup': z.boolean(),
    'other-sso-enabled?': z.boolean(),
    'enable-embedding-interactive': z.boolean(),
    'enable-embedding-sdk': z.boolean(),
    'enable-embedding-simple': z.boolean(),
    'session-cookie-samesite': z.enum(['lax', 'strict', 'none']),
    'token-features': z.record(z.string(), z.boolean()),
  }),
});

export const signOut = defineEndpoint({
  method: 'delete',
  path: '/api/session',
  owner,
  access: 'person',
  summary: 'End the session',
  status: 204,
});

/**
 * Also under the names of the product in the seeds, as its SDK reads them (embedding-sdk-react 0.56, `selectors/user`): `common_name` and the fields
 * before and after it. Its accounts have numbers; an `id` here is a UUID.
 */
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
    first_name: PersonName,
    last_name: PersonName,
    common_name: z.string(),
    is_superuser: z.boolean(),
    is_active: z.boolean(),
    is_qbnewb: z.boolean(),
    group_ids: z.array(z.int()),
    login_attributes: z.record(AttributeName, AttributeValue),
    personal_collection_id: z.null(),
    locale: z.null(),
  }),
  errors: ['permissions.not_yet_applied', 'directory.account_not_yet_applied'],
});

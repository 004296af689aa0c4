import { z } from 'zod';
import { AttributeName, AttributeValue, StorableText } from '../attribute.js';
import { AccountStatus, PersonName } from '../claims.js';
import { defineEndpoint } from './define-endpoint.js';
import { listOf, Page } from './lists.js';
import { PasswordLink } from './passwords.js';

const owner = 'directory';
const access = 'administrator';
const SearchText = StorableText.max(255);
const GivenName = StorableText.trim().min(1).max(255);
const AccountParams = z.strictObject({ id: z.uuid() });

/** A value set by an administrator. It counts where the token says nothing, and also against the token when pinned. */
export const AdminAttribute = z.strictObject({ value: AttributeValue, pinned: z.boolean().default(false) });
export type AdminAttribute = z.infer<typeof AdminAttribute>;

export const Account = z.strictObject({
  id: z.uuid(),
  email: z.string(),
  firstName: PersonName,
  lastName: PersonName,
  status: AccountStatus,
  revision: z.int(),
  createdAt: z.iso.datetime(),
  lastSignInAt: z.iso.datetime().nullable(),
});

const AccountWithAttributes = z.strictObject({
  ...Account.shape,
  /** What counts, with the source of each value. */
  attributes: z.record(AttributeName, z.strictObject({ value: AttributeValue, source: z.enum(['token', 'admin']) })),
  tokenAttributes: z.record(AttributeName, AttributeValue),
  adminAttributes: z.record(AttributeName, AdminAttribute),
  groups: z.array(z.strictObject({ id: z.int(), name: z.string(), sources: z.array(z.string()) })),
});

export const listAccounts = defineEndpoint({
  method: 'get',
  path: '/api/accounts',
  owner,
  access,
  summary: 'Accounts by e-mail; `search` finds part of an e-mail or a name',
  query: z.strictObject({ ...Page, search: SearchText.optional(), status: AccountStatus.optional() }),
  response: listOf(Account),
});

/** It is nobody's until the person has set a password by the link; `POST /api/accounts/{id}/password-reset` makes another one. */
export const createAccount = defineEndpoint({
  method: 'post',
  path: '/api/accounts',
  owner,
  access,
  summary: 'Create an account that signs in with a password; the link by which the person sets it is shown this once',
  body: z.strictObject({
    email: z.string().max(254),
    firstName: GivenName.nullable().default(null),
    lastName: GivenName.nullable().default(null),
  }),
  status: 201,
  response: z.strictObject({
    id: z.uuid(),
    /** Canonical. */
    email: z.string(),
    passwordLink: PasswordLink,
  }),
  errors: [
    'auth.account_exists',
    'auth.domain_of_provider',
    'auth.password_sign_in_disabled',
    'auth.password_busy',
    'service.unavailable',
  ],
});

export const getAccount = defineEndpoint({
  method: 'get',
  path: '/api/accounts/{id}',
  owner,
  access,
  summary: 'An account with its attributes, their sources, and its groups',
  params: AccountParams,
  response: AccountWithAttributes,
  errors: ['directory.account_not_found'],
});

/** 202 when the services in `pending` have not applied the change in time; it follows. */
export const patchAccount = defineEndpoint({
  method: 'patch',
  path: '/api/accounts/{id}',
  owner,
  access,
  summary: 'Set or remove admin attributes, deactivate or reactivate; in force everywhere when answered 200',
  params: AccountParams,
  body: z
    .strictObject({
      /** A value sets, null removes, a name that is left out stays. */
      adminAttributes: z.record(AttributeName, AdminAttribute.nullable()).optional(),
      status: AccountStatus.optional(),
    })
    .refine((body) => Object.keys(body).length > 0, 'must name adminAttributes, status or both'),
  response: z.strictObject({ ...AccountWithAttributes.shape, pending: z.array(z.string()) }),
  alsoStatus: 202,
  errors: [
    'directory.account_not_found',
    'directory.status_change_in_progress',
    'permissions.last_administrator',
    'service.unavailable',
  ],
});

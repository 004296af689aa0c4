import { z } from 'zod';
import { StorableText } from '../attribute.js';
import { AccountStatus } from '../claims.js';
import { defineEndpoint } from './define-endpoint.js';
import { GroupId } from './groups.js';
import { listOf, Page } from './lists.js';

const owner = 'auth';
const access = 'administrator';
const KeyParams = z.strictObject({ id: z.uuid() });
const KeyName = StorableText.trim().min(1).max(255);
const KeyGroups = z.array(GroupId).min(1).max(200);

export const ApiKey = z.strictObject({
  /** Also the id of the account that the key signs as. */
  id: z.uuid(),
  name: KeyName,
  groupIds: z.array(GroupId),
  /** Of its account: while deactivated the key is refused. */
  status: AccountStatus,
  createdAt: z.iso.datetime(),
  /** To the minute. */
  lastUsedAt: z.iso.datetime().nullable(),
});
export type ApiKey = z.infer<typeof ApiKey>;

export const listApiKeys = defineEndpoint({
  method: 'get',
  path: '/api/api-keys',
  owner,
  access,
  summary: 'API keys, the newest first; never the keys themselves',
  query: z.strictObject(Page),
  response: listOf(ApiKey),
});

/** A program sends it as `X-Api-Key` or as `Authorization: Bearer`. */
export const createApiKey = defineEndpoint({
  method: 'post',
  path: '/api/api-keys',
  owner,
  access,
  summary: 'Create an API key in these groups; the key is shown this once',
  body: z.strictObject({ name: KeyName, groupIds: KeyGroups }),
  status: 201,
  response: z.strictObject({ ...ApiKey.shape, key: z.string() }),
  errors: ['auth.api_key_groups_invalid'],
});

/** What is left out stays. */
export const changeApiKey = defineEndpoint({
  method: 'patch',
  path: '/api/api-keys/{id}',
  owner,
  access,
  summary: 'Change the name or the groups of an API key; in force with its next request',
  params: KeyParams,
  body: z
    .strictObject({ name: KeyName.optional(), groupIds: KeyGroups.optional() })
    .refine((body) => Object.keys(body).length > 0, 'must name name, groupIds or both'),
  response: ApiKey,
  errors: ['auth.api_key_not_found', 'auth.api_key_groups_invalid'],
});

export const deleteApiKey = defineEndpoint({
  method: 'delete',
  path: '/api/api-keys/{id}',
  owner,
  access,
  summary: 'Revoke an API key; refused on every instance when answered. Its account stays, in no group',
  params: KeyParams,
  status: 204,
  errors: ['auth.api_key_not_found'],
});

import { z } from 'zod';
import { StorableText } from '../attribute.js';
import { ProviderName } from '../claims.js';
import { ChangePreview, DryRunQuery, previewOrNothing } from './change-preview.js';
import { defineEndpoint } from './define-endpoint.js';
import { digits, listOf, Page } from './lists.js';

const owner = 'permissions';
const access = 'administrator';
const Id = digits({ min: 1, max: 2_147_483_647 });
export const GroupId = z.int().positive().max(2_147_483_647);
const GroupName = StorableText.trim().min(1).max(255);

export const Group = z.strictObject({
  id: GroupId,
  name: GroupName,
  kind: z.enum(['all-users', 'administrators', 'custom']),
  members: z.int().nonnegative(),
});
export type Group = z.infer<typeof Group>;

export const listGroups = defineEndpoint({
  method: 'get',
  path: '/api/groups',
  owner,
  access,
  summary: 'All groups with their number of members',
  query: z.strictObject(Page),
  response: listOf(Group),
});

export const createGroup = defineEndpoint({
  method: 'post',
  path: '/api/groups',
  owner,
  access,
  summary: 'Create a group; where group names are synchronised by name, those who claim its name are members at once',
  query: DryRunQuery,
  body: z.strictObject({ name: GroupName }),
  status: 201,
  alsoStatus: 200,
  response: z.union([Group, ChangePreview]),
  errors: ['permissions.group_name_taken'],
});

export const renameGroup = defineEndpoint({
  method: 'patch',
  path: '/api/groups/{id}',
  owner,
  access,
  summary: 'Rename a group; where group names are synchronised by name, its members are those who claim the new name',
  params: z.strictObject({ id: Id }),
  query: DryRunQuery,
  body: z.strictObject({ name: GroupName }),
  response: z.union([Group, ChangePreview]),
  errors: ['permissions.group_not_found', 'permissions.group_name_taken', 'permissions.group_built_in'],
});

export const deleteGroup = defineEndpoint({
  method: 'delete',
  path: '/api/groups/{id}',
  owner,
  access,
  summary: 'Delete a group with its memberships, mappings, permissions and sandboxes',
  params: z.strictObject({ id: Id }),
  query: DryRunQuery,
  status: 204,
  alsoStatus: 200,
  response: previewOrNothing,
  errors: ['permissions.group_not_found', 'permissions.group_built_in'],
});

const MemberParams = z.strictObject({ id: Id, accountId: z.uuid() });

export const addMember = defineEndpoint({
  method: 'put',
  path: '/api/groups/{id}/members/{accountId}',
  owner,
  access,
  summary: 'Add a member by hand',
  params: MemberParams,
  query: DryRunQuery,
  status: 204,
  alsoStatus: 200,
  response: previewOrNothing,
  errors: [
    'permissions.group_not_found',
    'permissions.account_not_found',
    'permissions.membership_automatic',
    'permissions.membership_of_api_key',
  ],
});

export const removeMember = defineEndpoint({
  method: 'delete',
  path: '/api/groups/{id}/members/{accountId}',
  owner,
  access,
  summary: 'Remove a membership that was added by hand',
  params: MemberParams,
  query: DryRunQuery,
  status: 204,
  alsoStatus: 200,
  response: previewOrNothing,
  errors: [
    'permissions.group_not_found',
    'permissions.account_not_found',
    'permissions.membership_automatic',
    'permissions.membership_from_provider',
    'permissions.last_administrator',
  ],
});

export const GroupSync = z.strictObject({
  enabled: z.boolean(),
  /** `mapped`: by `mappings`. `by-name`: a claimed name is the name of a group; never Administrators or All Users. */
  mode: z.enum(['mapped', 'by-name']),
  mappings: z.record(StorableText.min(1).max(255), z.array(GroupId).max(200)),
  /** What a token without the groups claim means for memberships: they stay, or they end. */
  whenAbsent: z.enum(['keep', 'remove']),
  /** What a null groups claim means. */
  whenNull: z.enum(['keep', 'remove']),
  allowAdministrators: z.boolean(),
});
export type GroupSync = z.infer<typeof GroupSync>;

export const getGroupSync = defineEndpoint({
  method: 'get',
  path: '/api/group-sync/{provider}',
  owner,
  access,
  summary: 'How group names that a provider claims become memberships; off until it is changed',
  params: z.strictObject({ provider: ProviderName }),
  response: GroupSync,
});

/** A setting that is left out stays as it is. */
export const putGroupSync = defineEndpoint({
  method: 'put',
  path: '/api/group-sync/{provider}',
  owner,
  access,
  summary: 'Change how group names that a provider claims become memberships; in force for everybody when answered',
  params: z.strictObject({ provider: ProviderName }),
  query: DryRunQuery,
  body: GroupSync.partial(),
  response: z.union([GroupSync, ChangePreview]),
  errors: ['permissions.settings_invalid'],
});

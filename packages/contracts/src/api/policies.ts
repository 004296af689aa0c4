import { z } from 'zod';
import { StorableText } from '../attribute.js';
import { DatabaseId, TableId } from '../catalogue.js';
import { DenialReason } from '../decision.js';
import { RowFilter } from '../row-filter.js';
import { RowRule } from '../row-rule.js';
import { ChangePreview, DryRunQuery, previewOrNothing, Warning } from './change-preview.js';
import { defineEndpoint } from './define-endpoint.js';
import { GroupId } from './groups.js';
import { digits, listOf, Page } from './lists.js';

const owner = 'permissions';
const access = 'administrator';
const Id = digits({ min: 1, max: 2_147_483_647 });

/** Names one database, one schema of it, or one table of it; `schema` and `tableId` never together. */
export const DataPermissionEntry = z.strictObject({
  groupId: GroupId,
  databaseId: DatabaseId,
  schema: StorableText.min(1).max(63).optional(),
  tableId: TableId.optional(),
  access: z.enum(['unrestricted', 'sandboxed', 'none']),
});
export type DataPermissionEntry = z.infer<typeof DataPermissionEntry>;

const Warnings = z.array(Warning);

export const getDataPermissions = defineEndpoint({
  method: 'get',
  path: '/api/data-permissions',
  owner,
  access,
  summary: 'Every entry; no entry means none',
  query: z.strictObject({ ...Page, groupId: Id.optional(), databaseId: Id.optional() }),
  response: z.strictObject({ ...listOf(DataPermissionEntry).shape, warnings: Warnings }),
});

/**
 * All entries are saved, or none. `none` on a database or schema removes what was set below it for that group and is not named beside it.
 * A table's sandbox goes with any other entry on that table; `sandboxed` is taken only where there is one.
 */
export const putDataPermissions = defineEndpoint({
  method: 'put',
  path: '/api/data-permissions',
  owner,
  access,
  summary: 'Set entries; those that are not named stay. In force when answered',
  query: DryRunQuery,
  body: z.strictObject({ entries: z.array(DataPermissionEntry).min(1).max(1000) }),
  response: z.union([z.strictObject({ entries: z.array(DataPermissionEntry), warnings: Warnings }), ChangePreview]),
  errors: ['permissions.settings_invalid', 'permissions.group_built_in'],
});

export const Sandbox = z.strictObject({ id: z.int(), groupId: GroupId, tableId: TableId, rule: RowRule });
export type Sandbox = z.infer<typeof Sandbox>;
const SandboxSaved = z.strictObject({ ...Sandbox.shape, warnings: Warnings });

export const listSandboxes = defineEndpoint({
  method: 'get',
  path: '/api/sandboxes',
  owner,
  access,
  summary: 'All sandboxes, with those members for whom one has no effect',
  query: z.strictObject({ ...Page, groupId: Id.optional(), tableId: Id.optional() }),
  response: z.strictObject({ ...listOf(Sandbox).shape, warnings: Warnings }),
});

export const createSandbox = defineEndpoint({
  method: 'post',
  path: '/api/sandboxes',
  owner,
  access,
  summary: 'Sandbox a table for a group; sets its data permission to sandboxed. In force when answered',
  query: DryRunQuery,
  body: Sandbox.omit({ id: true }),
  status: 201,
  alsoStatus: 200,
  response: z.union([SandboxSaved, ChangePreview]),
  errors: ['permissions.settings_invalid', 'permissions.sandbox_exists', 'permissions.group_built_in'],
});

export const changeSandbox = defineEndpoint({
  method: 'patch',
  path: '/api/sandboxes/{id}',
  owner,
  access,
  summary: 'Change the row rule of a sandbox',
  params: z.strictObject({ id: Id }),
  query: DryRunQuery,
  body: z.strictObject({ rule: RowRule }),
  response: z.union([SandboxSaved, ChangePreview]),
  errors: ['permissions.sandbox_not_found', 'permissions.settings_invalid'],
});

export const deleteSandbox = defineEndpoint({
  method: 'delete',
  path: '/api/sandboxes/{id}',
  owner,
  access,
  summary: 'Delete a sandbox; the data permission of its group on the table becomes none',
  params: z.strictObject({ id: Id }),
  query: DryRunQuery,
  status: 204,
  alsoStatus: 200,
  response: previewOrNothing,
  errors: ['permissions.sandbox_not_found'],
});

export const explainDecision = defineEndpoint({
  method: 'get',
  path: '/api/decisions',
  owner,
  access,
  summary: 'What an account may see of a table, and the groups, rules and attributes that made it so',
  query: z.strictObject({ accountId: z.uuid(), tableId: Id }),
  response: z.strictObject({
    accountId: z.uuid(),
    tableId: TableId,
    access: z.enum(['unrestricted', 'sandboxed', 'denied']),
    reason: DenialReason.optional(),
    /** The compiled filter of a sandboxed decision. */
    filter: RowFilter.optional(),
    /** Names of attributes and columns that are missing or do not fit. */
    attributes: z.array(z.string()),
    columns: z.array(z.string()),
    /** The applied versions that the decision rests on. */
    claimsVersion: z.int(),
    accountRevision: z.int(),
    policyRevision: z.int(),
    because: z.array(
      z.strictObject({
        group: z.strictObject({ id: GroupId, name: z.string(), sources: z.array(z.string()) }),
        /** What this group grants here, and by an entry on what. */
        access: z.enum(['unrestricted', 'sandboxed', 'none']),
        by: z.enum(['administrators', 'database', 'schema', 'table', 'no entry']),
        sandbox: z
          .strictObject({
            id: z.int(),
            rule: RowRule,
            attributesUsed: z.array(
              z.strictObject({ name: z.string(), source: z.enum(['token', 'admin', 'missing']) }),
            ),
            unresolvable: DenialReason.optional(),
          })
          .optional(),
      }),
    ),
  }),
  errors: ['permissions.account_not_found', 'permissions.settings_invalid'],
});

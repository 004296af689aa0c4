import { z } from 'zod';
import { Group, GroupId } from '../api/groups.js';
import { isTableId, TableId } from '../catalogue.js';
import { ProviderName } from '../claims.js';
import { Decision } from '../decision.js';
import { AccountChanged } from '../events/account-changed.v1.js';
import { defineQuestion } from './define-question.js';

const AtLeast = { accountId: z.uuid(), claimsVersion: z.int().positive() };

const maxTables = 2000;

/** Checked at once, for a list of hundreds that is checked one by one takes longer than the decisions. */
const TableIds = z.custom<readonly z.infer<typeof TableId>[]>(
  (ids) => Array.isArray(ids) && ids.length <= maxTables && ids.every(isTableId),
  { error: `must be at most ${maxTables} ids of tables` },
);

const TableDecision = z.strictObject({ tableId: TableId, decision: Decision });

/** Decides for some tables, or for all of the catalogue when `tableIds` is absent. Waits up to 2 s for the claims version, then `permissions.not_yet_applied`. */
export const decide = defineQuestion({
  name: 'permissions.decide',
  answeredBy: 'permissions',
  isIdempotent: true,
  input: z.strictObject({ ...AtLeast, tableIds: TableIds.optional() }),
  output: z.strictObject({ decisions: z.array(TableDecision) }),
  textOf: ({ decisions }) => `{"decisions":[${decisions.map(textOfTableDecision).join()}]}`,
});

/** By identity: whoever remembers a decision hands out the same object, and never changes it. */
const texts = new WeakMap<object, string>();

function textOfTableDecision(item: z.input<typeof TableDecision>): string {
  let text = texts.get(item);
  if (text === undefined) {
    text = JSON.stringify(TableDecision.parse(item));
    texts.set(item, text);
  }
  return text;
}

export const Membership = z.strictObject({ id: z.int(), name: z.string(), sources: z.array(z.string()) });
export type Membership = z.infer<typeof Membership>;

/** The groups that an account is in now. Waits like `decide`. */
export const describeMemberships = defineQuestion({
  name: 'permissions.describe-memberships',
  answeredBy: 'permissions',
  isIdempotent: true,
  input: z.strictObject(AtLeast),
  output: z.strictObject({
    administrator: z.boolean(),
    groups: z.array(Membership),
  }),
});

/** Waits up to 2 s until permissions has applied at least this revision of the account. */
export const awaitAccountRevision = defineQuestion({
  name: 'permissions.await-account-revision',
  answeredBy: 'permissions',
  isIdempotent: true,
  input: z.strictObject({ accountId: z.uuid(), revision: z.int().positive() }),
  output: z.strictObject({ applied: z.boolean() }),
});

/** Active members of Administrators, a thousand of them at most. */
export const listAdministrators = defineQuestion({
  name: 'permissions.list-administrators',
  answeredBy: 'permissions',
  isIdempotent: true,
  input: z.strictObject({}),
  output: z.strictObject({ accountIds: z.array(z.uuid()) }),
});

/** Those of these groups that exist. */
export const describeGroups = defineQuestion({
  name: 'permissions.describe-groups',
  answeredBy: 'permissions',
  isIdempotent: true,
  input: z.strictObject({ groupIds: z.array(GroupId).max(1000) }),
  output: z.strictObject({ groups: z.array(Group.omit({ members: true })) }),
});

/** Puts the group synchronisation of a provider that is deleted back as it is from the start, so that none of that name inherits it. */
export const forgetGroupSync = defineQuestion({
  name: 'permissions.forget-group-sync',
  answeredBy: 'permissions',
  isIdempotent: true,
  input: z.strictObject({
    provider: ProviderName,
    /** The administrator who deletes it, and in which request. */
    actorId: z.uuid().nullable(),
    traceparent: z.string(),
  }),
  output: z.strictObject({}),
});

/**
 * Reserves a deactivation under the lock that guards the last administrator: from its answer on the account counts as deactivated.
 * `permissions.last_administrator` when it is the last active manual one. `released` takes the reservation back.
 */
export const reserveDeactivation = defineQuestion({
  name: 'permissions.reserve-deactivation',
  answeredBy: 'permissions',
  isIdempotent: true,
  input: z.strictObject({ accountId: z.uuid(), released: z.boolean() }),
  output: z.strictObject({}),
});

/** Whether permissions has applied at least these catalogue revisions. */
export const hasAppliedCatalogue = defineQuestion({
  name: 'permissions.has-applied-catalogue',
  answeredBy: 'permissions',
  isIdempotent: true,
  input: z.strictObject({
    databases: z.array(z.strictObject({ id: z.int().positive(), revision: z.int().positive() })),
  }),
  output: z.strictObject({ applied: z.boolean() }),
});

/**
 * What would follow from an account in this state: its groups now and then, and then the decision for each table of the catalogue. Leaves
 * everything as it is. The revision of the state does not count: it is taken for newer than what is there.
 */
export const previewAccess = defineQuestion({
  name: 'permissions.preview-access',
  answeredBy: 'permissions',
  isIdempotent: true,
  input: AccountChanged.data,
  output: z.strictObject({
    groupsBefore: z.array(Membership),
    groupsAfter: z.array(Membership),
    tables: z.array(
      z.strictObject({
        tableId: TableId,
        database: z.string(),
        schema: z.string(),
        name: z.string(),
        decision: Decision,
      }),
    ),
  }),
  patienceSeconds: 15,
});

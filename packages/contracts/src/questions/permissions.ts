import { z } from 'zod';
import { TableId } from '../catalogue.js';
import { Decision } from '../decision.js';
import { defineQuestion } from './define-question.js';

const AtLeast = { accountId: z.uuid(), claimsVersion: z.int().positive() };

/** Decides for some tables, or for all of the catalogue when `tableIds` is absent. Waits up to 2 s for the claims version, then `permissions.not_yet_applied`. */
export const decide = defineQuestion({
  name: 'permissions.decide',
  answeredBy: 'permissions',
  input: z.strictObject({ ...AtLeast, tableIds: z.array(TableId).max(2000).optional() }),
  output: z.strictObject({ decisions: z.array(z.strictObject({ tableId: TableId, decision: Decision })) }),
  textOf: ({ decisions }) => `{"decisions":[${decisions.map(textOfTableDecision).join()}]}`,
});

/** By identity: whoever remembers a decision hands out the same object, and never changes it. */
const texts = new WeakMap<object, string>();

function textOfTableDecision({ tableId, decision }: { tableId: number; decision: z.input<typeof Decision> }): string {
  let text = texts.get(decision);
  if (text === undefined) {
    text = JSON.stringify(Decision.parse(decision));
    texts.set(decision, text);
  }
  return `{"tableId":${TableId.parse(tableId)},"decision":${text}}`;
}

/** The groups that an account is in now. Waits like `decide`. */
export const describeMemberships = defineQuestion({
  name: 'permissions.describe-memberships',
  answeredBy: 'permissions',
  input: z.strictObject(AtLeast),
  output: z.strictObject({
    administrator: z.boolean(),
    groups: z.array(z.strictObject({ id: z.int(), name: z.string(), sources: z.array(z.string()) })),
  }),
});

/** Waits up to 2 s until permissions has applied at least this revision of the account. */
export const awaitAccountRevision = defineQuestion({
  name: 'permissions.await-account-revision',
  answeredBy: 'permissions',
  input: z.strictObject({ accountId: z.uuid(), revision: z.int().positive() }),
  output: z.strictObject({ applied: z.boolean() }),
});

/**
 * Reserves a deactivation under the lock that guards the last administrator: from its answer on the account counts as deactivated.
 * `permissions.last_administrator` when it is the last active manual one. `released` takes the reservation back.
 */
export const reserveDeactivation = defineQuestion({
  name: 'permissions.reserve-deactivation',
  answeredBy: 'permissions',
  input: z.strictObject({ accountId: z.uuid(), released: z.boolean() }),
  output: z.strictObject({}),
});

/** Whether permissions has applied at least these catalogue revisions. */
export const hasAppliedCatalogue = defineQuestion({
  name: 'permissions.has-applied-catalogue',
  answeredBy: 'permissions',
  input: z.strictObject({
    databases: z.array(z.strictObject({ id: z.int().positive(), revision: z.int().positive() })),
  }),
  output: z.strictObject({ applied: z.boolean() }),
});

import { z } from 'zod';
import { TableId } from '../catalogue.js';
import { DenialReason } from '../decision.js';

/**
 * For requests that change what people see. With `dryRun=true` the change is checked and made as always, whom it affects is found out, and
 * all of it is rolled back. Strict, for a parameter that is misspelt would make the change.
 */
export const DryRunQuery = z.strictObject({
  dryRun: z
    .enum(['true', 'false'])
    .default('false')
    .transform((text) => text === 'true'),
});

const AccessBeside = z.strictObject({
  access: z.enum(['unrestricted', 'sandboxed', 'denied']),
  reason: DenialReason.optional(),
});

/** A sandbox that some members of its group do not feel, because another group of theirs is unrestricted on the table. */
export const Warning = z.strictObject({
  sandboxId: z.int(),
  tableId: TableId,
  /** The group that makes the sandbox void for these members. */
  becauseOfGroup: z.strictObject({ id: z.int(), name: z.string() }),
  members: z.int().positive(),
  /** The first hundred of them. */
  accountIds: z.array(z.uuid()).max(100),
});
export type Warning = z.infer<typeof Warning>;

const NamedGroup = z.strictObject({ id: z.int(), name: z.string() });

export const AffectedAccount = z.strictObject({
  accountId: z.uuid(),
  /** A group that the change would create has another id when it is created. */
  groupsAdded: z.array(NamedGroup),
  groupsRemoved: z.array(NamedGroup),
  /** The tables of which it would see something else; `tables` names the first of them. */
  tablesAffected: z.int().nonnegative(),
  /** Sandboxed before and after: by another filter. */
  tables: z.array(z.strictObject({ tableId: TableId, before: AccessBeside, after: AccessBeside })).max(50),
});
export type AffectedAccount = z.infer<typeof AffectedAccount>;

/** Whom a change would affect. */
export const ChangePreview = z.strictObject({
  dryRun: z.literal(true),
  /** Active accounts that the change can reach: the members of its groups, or whom a claimed name leads to. */
  reached: z.int().nonnegative(),
  /** How many of these were compared, before and after. Fewer than reached where there are more than can be compared at once. */
  compared: z.int().nonnegative(),
  /** How many of those compared would be in other groups, or see something else of some table. */
  affected: z.int().nonnegative(),
  /** The first hundred of them. */
  accounts: z.array(AffectedAccount).max(100),
  /** Sandboxes that would have no effect for some. */
  warnings: z.array(Warning),
});
export type ChangePreview = z.infer<typeof ChangePreview>;

/** Answered 200 where the change itself answers without a body. */
export const previewOrNothing = ChangePreview.optional();

/** What a change of providers, keys or the password sign-in would do, as far as what is stored tells. Whether a token or an answer fits other settings is for the dry run of a sign-in. */
export const WaysInPreview = z.strictObject({
  dryRun: z.literal(true),
  /** Sessions that would end: with the change, or when the key retires. */
  sessionsEnded: z.union([
    z.strictObject({ exactly: z.int().nonnegative() }),
    z.strictObject({ moreThan: z.int().positive() }),
  ]),
  /** Accounts that the change can reach: those that the provider knows, or that have a password, and those at a domain that it would close or open. */
  reached: z.int().nonnegative(),
  /** How many of these were looked at. Fewer than reached where there are more than a hundred thousand. */
  compared: z.int().nonnegative(),
  /** How many of those compared can sign in now, by a provider that knows them or a password, and could in no way then. */
  shutOut: z.int().nonnegative(),
  /** The first hundred of them. */
  accountIds: z.array(z.uuid()).max(100),
  /** How many of those compared can sign in in no way now, and could then. */
  letIn: z.int().nonnegative(),
  /** The first hundred of them. */
  letInAccountIds: z.array(z.uuid()).max(100),
  /** Administrators who could still sign in. */
  administratorsLeft: z.int().nonnegative(),
});
export type WaysInPreview = z.infer<typeof WaysInPreview>;

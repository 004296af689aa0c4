import type { CatalogueTable, Decision, RowFilter, RowRule } from '@sandgate/contracts';
import { type AttributeValues, compileRowFilter } from './compile-row-filter.js';
import { type Unresolvable, unresolvableTogether } from './unresolvable.js';

export interface GroupOfAccount {
  readonly id: number;
  readonly name: string;
  readonly kind: 'all-users' | 'administrators' | 'custom';
  /** `manual`, a provider, or `automatic` for All Users. */
  readonly sources: readonly string[];
}

/** What a group may do with a database, with one of its schemas, or with one table. */
export interface Entry {
  readonly id: number;
  readonly groupId: number;
  readonly databaseId: number;
  /** Empty for the whole database. */
  readonly schemaName: string;
  /** 0 for a whole schema or database. */
  readonly tableId: number;
  readonly access: 'unrestricted' | 'sandboxed' | 'none';
  readonly rule: RowRule | null;
}

export interface KnownTable {
  readonly id: number;
  readonly databaseId: number;
  readonly schemaName: string;
}

/** All that decides what one account may see of some tables, from one snapshot of the database. */
export interface AccessFacts {
  readonly groups: readonly GroupOfAccount[];
  /** The entries of these groups that are about these tables. */
  readonly entries: readonly Entry[];
  readonly tables: ReadonlyMap<number, KnownTable>;
  /** The tables with a sandbox among the entries, and those that the rules lead to. */
  readonly described: ReadonlyMap<number, CatalogueTable>;
  readonly attributes: AttributeValues;
}

export interface Grant {
  readonly group: GroupOfAccount;
  readonly access: Entry['access'];
  readonly by: 'administrators' | 'database' | 'schema' | 'table' | 'no entry';
  readonly entry?: Entry;
  /** What became of the rule of a sandbox. */
  readonly outcome?: { readonly filter: RowFilter } | { readonly unresolvable: Unresolvable };
}

const unrestricted: Decision = Object.freeze({ access: 'unrestricted' });
const denied = (reason: Extract<Decision, { access: 'denied' }>['reason']): Decision =>
  Object.freeze({ access: 'denied', reason, attributes: [], columns: [] });
const tableDenied = denied('permissions.table_denied');
export const tableUnknown = denied('permissions.table_unknown');
export const accountDeactivated = denied('permissions.account_deactivated');

/** What the account may see of a table: grants add up over its groups and the most permissive wins; nothing that is said grants nothing. */
export function decideAccess(
  facts: AccessFacts,
  tableId: number,
  entries: EntryIndex = indexEntries(facts.entries),
): Decision {
  const table = facts.tables.get(tableId);
  return table ? combine(grantsOn(table, facts, entries)) : tableUnknown;
}

/** What each group of the account grants on a known table, and by what. */
export const grantsOn = (
  table: KnownTable,
  facts: AccessFacts,
  entries: EntryIndex = indexEntries(facts.entries),
): Grant[] => facts.groups.map((group) => grantOf(group, table, facts, entries));

/** Decisions from grants. Sandboxes of several groups add up, and one whose rule cannot be resolved adds no rows. */
export function combine(grants: readonly Grant[]): Decision {
  if (grants.some(({ access }) => access === 'unrestricted')) return unrestricted;
  const sandboxes = grants.filter(({ access }) => access === 'sandboxed');
  if (sandboxes.length === 0) return tableDenied;
  const filters = new Map<string, RowFilter>();
  const unresolvable: Unresolvable[] = [];
  for (const { outcome } of sandboxes) {
    if (outcome && 'filter' in outcome) filters.set(JSON.stringify(outcome.filter), outcome.filter);
    else if (outcome) unresolvable.push(outcome.unresolvable);
  }
  const [first, ...others] = filters.values();
  if (first) return { access: 'sandboxed', filter: others.length === 0 ? first : { op: 'or', of: [first, ...others] } };
  const { reason, attributes, columns } = unresolvableTogether(unresolvable);
  return { access: 'denied', reason, attributes: [...attributes], columns: [...columns] };
}

function grantOf(group: GroupOfAccount, table: KnownTable, facts: AccessFacts, entries: EntryIndex): Grant {
  if (group.kind === 'administrators') return { group, access: 'unrestricted', by: 'administrators' };
  const found = mostSpecific(group.id, table, entries);
  if (!found) return { group, access: 'none', by: 'no entry' };
  const { entry, by } = found;
  if (entry.access !== 'sandboxed') return { group, access: entry.access, by, entry };
  return { group, access: 'sandboxed', by, entry, outcome: outcomeOf(entry, table, facts) };
}

function outcomeOf(
  { rule }: Entry,
  { id }: KnownTable,
  { described, attributes }: AccessFacts,
): NonNullable<Grant['outcome']> {
  const table = described.get(id);
  // A sandbox always has a rule and its table is always described; without either it shows nothing.
  if (!rule || !table)
    return { unresolvable: { reason: 'permissions.rule_unresolvable', attributes: [], columns: [] } };
  return compileRowFilter(rule, { table, tables: described, attributes });
}

/** Entries by group and by what they are on. */
export type EntryIndex = ReadonlyMap<string, Entry>;

export const indexEntries = (entries: readonly Entry[]): EntryIndex =>
  new Map(entries.map((entry) => [placeOf(entry), entry]));

const placeOf = ({
  groupId,
  databaseId,
  schemaName,
  tableId,
}: Pick<Entry, 'groupId' | 'databaseId' | 'schemaName' | 'tableId'>): string =>
  tableId === 0 ? JSON.stringify([groupId, databaseId, schemaName]) : `${groupId}/${tableId}`;

function mostSpecific(
  groupId: number,
  { id, databaseId, schemaName }: KnownTable,
  entries: EntryIndex,
): { entry: Entry; by: 'table' | 'schema' | 'database' } | undefined {
  const onTable = entries.get(placeOf({ groupId, databaseId, schemaName, tableId: id }));
  if (onTable) return { entry: onTable, by: 'table' };
  const onSchema = entries.get(placeOf({ groupId, databaseId, schemaName, tableId: 0 }));
  if (onSchema) return { entry: onSchema, by: 'schema' };
  const onDatabase = entries.get(placeOf({ groupId, databaseId, schemaName: '', tableId: 0 }));
  return onDatabase && { entry: onDatabase, by: 'database' };
}

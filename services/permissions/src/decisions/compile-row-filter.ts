import {
  type AttributeScalar,
  type AttributeValue,
  type CatalogueTable,
  type Column,
  type ComparisonOperator,
  coerceValue,
  mayCompare,
  type Operand,
  type RowFilter,
  type RowRule,
} from '@sandgate/contracts';
import { findForeignKey } from './find-foreign-key.js';
import { createFindings, type Findings, type Unresolvable, unresolvableBy } from './unresolvable.js';

export type AttributeValues = ReadonlyMap<
  string,
  { readonly value: AttributeValue; readonly source: 'token' | 'admin' }
>;

export interface RuleScope {
  /** The table that the rule is about. */
  readonly table: CatalogueTable;
  /** At least those that the rule leads to. */
  readonly tables: ReadonlyMap<number, CatalogueTable>;
  readonly attributes: AttributeValues;
}

type Scope = RuleScope & { readonly findings: Findings };
type Comparison = Extract<RowRule, { operator: ComparisonOperator }>;

/**
 * The filter that a rule means for these attributes. One comparison that cannot be resolved makes the whole rule unresolvable: to leave
 * it out would show more rows under `and`, and fewer or more of them under `not`.
 */
export function compileRowFilter(
  rule: RowRule,
  scope: RuleScope,
): { filter: RowFilter } | { unresolvable: Unresolvable } {
  const findings = createFindings();
  const filter = compile(rule, { ...scope, findings });
  return filter === undefined ? { unresolvable: unresolvableBy(findings) } : { filter };
}

function compile(rule: RowRule, scope: Scope): RowFilter | undefined {
  if ('and' in rule) return compileAll('and', rule.and, scope);
  if ('or' in rule) return compileAll('or', rule.or, scope);
  if ('not' in rule) {
    const of = compile(rule.not, scope);
    return of && { op: 'not', of };
  }
  if ('through' in rule) return compileThrough(rule, scope);
  const column = scope.table.columns.find(({ name }) => name === rule.column);
  if (!column) return lose(rule.column, scope);
  return rule.operator === 'is null' ? { op: 'is null', column } : compileComparison(rule, column, scope);
}

/** All parts or none; every part is looked at, so that all names are found at once. No parts at all would be true, or false, of every row. */
function compileAll(op: 'and' | 'or', rules: readonly RowRule[], scope: Scope): RowFilter | undefined {
  const of = rules.map((rule) => compile(rule, scope)).filter((part) => part !== undefined);
  return of.length > 0 && of.length === rules.length ? { op, of } : undefined;
}

function compileThrough(
  { through, rule }: Extract<RowRule, { through: unknown }>,
  scope: Scope,
): RowFilter | undefined {
  const key = findForeignKey(scope.table, through);
  const referenced = scope.tables.get(through.tableId);
  const columns = key && columnsOf(scope.table, key.columns);
  const referencedColumns = key && referenced && columnsOf(referenced, key.referencedColumns);
  if (!referenced || !columns || !referencedColumns) return lose(through.columns.join(', '), scope);
  const of = compile(rule, { ...scope, table: referenced });
  const { id, schema, name } = referenced;
  return of && { op: 'through', columns, table: { id, schema, name }, referencedColumns, of };
}

function columnsOf(table: CatalogueTable, names: readonly string[]): Column[] | undefined {
  const found = names
    .map((name) => table.columns.find((column) => column.name === name))
    .filter((column) => column !== undefined);
  return found.length === names.length ? found : undefined;
}

function compileComparison(rule: Comparison, column: Column, scope: Scope): RowFilter | undefined {
  if (!mayCompare(column.type, rule.operator)) return lose(column.name, scope);
  const value = 'constant' in rule.value ? rule.value.constant : scope.attributes.get(rule.value.attribute)?.value;
  if (isMissing(value, rule.value)) return miss(rule.value, scope);
  const values = [value].flat().map((one) => (isMissing(one, rule.value) ? undefined : coerceValue(one, column.type)));
  const fitting = values.filter((one) => one !== undefined);
  const filter =
    fitting.length === values.length
      ? filterOf(rule.operator, column, Array.isArray(value) ? fitting : (fitting[0] as string))
      : undefined;
  return filter ?? misfit(rule.value, column, scope);
}

/** A list means `in`, so it has no order and begins nothing. */
function filterOf(op: ComparisonOperator, column: Column, value: string | readonly string[]): RowFilter | undefined {
  if (op === 'in' || (op === '=' && typeof value !== 'string'))
    return { op: 'in', column, values: [...new Set([value].flat())] };
  if (typeof value !== 'string') return undefined;
  // Every text begins with the empty one.
  return op === 'prefix' && value === '' ? undefined : { op, column, value };
}

/**
 * An attribute that is empty, as a text or as a list, is as good as missing: hosts send both for people without one, and the rows
 * that it would equal are those which belong to nobody.
 */
function isMissing(
  value: AttributeScalar | AttributeValue | null | undefined,
  operand: Operand,
): value is undefined | null {
  if (value === undefined || value === null || (Array.isArray(value) && value.length === 0)) return true;
  return value === '' && 'attribute' in operand;
}

const miss = (operand: Operand, { findings }: Scope): undefined => {
  if ('attribute' in operand) findings.missing.add(operand.attribute);
};

/** A constant fitted when the rule was saved, so its column has changed since. */
const misfit = (operand: Operand, column: Column, { findings }: Scope): undefined => {
  if ('attribute' in operand) findings.mistyped.add(operand.attribute);
  else findings.lost.add(column.name);
};

const lose = (what: string, { findings }: Scope): undefined => {
  findings.lost.add(what);
};

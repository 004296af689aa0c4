import {
  type AttributeScalar,
  type CatalogueTable,
  type Column,
  type ComparisonOperator,
  coerceValue,
  mayCompare,
  type RowRule,
} from '@sandgate/contracts';
import { findForeignKey } from '../decisions/find-foreign-key.js';

const deepestRule = 8;
const largestRule = 100;

type Tables = ReadonlyMap<number, CatalogueTable>;
type Comparison = Extract<RowRule, { operator: ComparisonOperator }>;

interface Place {
  readonly path: string;
  readonly table: CatalogueTable;
  readonly tables: Tables;
}

/**
 * What is wrong with a rule about that table, each fault with the place in the rule; empty when it can be saved. An attribute that
 * nobody has is no fault: the rule then shows nothing until somebody has it.
 */
export function decideRuleFaults(rule: RowRule, table: CatalogueTable, tables: Tables): string[] {
  const { depth, size } = measure(rule);
  const tooLarge =
    depth > deepestRule || size > largestRule
      ? [`rule: at most ${deepestRule} levels and ${largestRule} conditions; it has ${depth} and ${size}`]
      : [];
  return [...tooLarge, ...faultsOf(rule, { path: 'rule', table, tables })];
}

const partsOf = (rule: RowRule): readonly RowRule[] => {
  if ('and' in rule) return rule.and;
  if ('or' in rule) return rule.or;
  if ('not' in rule) return [rule.not];
  return 'through' in rule ? [rule.rule] : [];
};

function measure(rule: RowRule): { depth: number; size: number } {
  const parts = partsOf(rule).map(measure);
  return {
    depth: 1 + Math.max(0, ...parts.map(({ depth }) => depth)),
    size: 1 + parts.reduce((sum, { size }) => sum + size, 0),
  };
}

function faultsOf(rule: RowRule, place: Place): string[] {
  if ('and' in rule) return rule.and.flatMap((part, index) => faultsOf(part, within(place, `and.${index}`)));
  if ('or' in rule) return rule.or.flatMap((part, index) => faultsOf(part, within(place, `or.${index}`)));
  if ('not' in rule) return faultsOf(rule.not, within(place, 'not'));
  if ('through' in rule) return throughFaults(rule, place);
  const column = place.table.columns.find(({ name }) => name === rule.column);
  if (!column)
    return [
      `${place.path}: ${nameOf(place.table)} has no column ${rule.column}; it has ${namesOf(place.table.columns)}`,
    ];
  return rule.operator === 'is null' ? [] : comparisonFaults(rule, column).map((fault) => `${place.path}: ${fault}`);
}

function throughFaults({ through, rule }: Extract<RowRule, { through: unknown }>, place: Place): string[] {
  const referenced = place.tables.get(through.tableId);
  const from = `${nameOf(place.table)} (${through.columns.join(', ')})`;
  if (!referenced) return [`${place.path}: there is no table ${through.tableId} in this database`];
  const isKnown = findForeignKey(place.table, through) !== undefined;
  const fault = isKnown
    ? []
    : [`${place.path}: no foreign key leads from ${from} to ${nameOf(referenced)}; there is ${keysOf(place)}`];
  return [...fault, ...faultsOf(rule, { ...within(place, 'rule'), table: referenced })];
}

function comparisonFaults({ operator, value }: Comparison, column: Column): string[] {
  if (column.type === 'other') return [`${column.name} has a type that cannot be compared`];
  if (!mayCompare(column.type, operator))
    return [`${operator} does not go with ${column.name}, which is ${column.type}`];
  if ('attribute' in value) return [];
  const { constant } = value;
  if (Array.isArray(constant) && operator !== '=' && operator !== 'in') return [`${operator} takes no list`];
  return [constant].flat().flatMap((one) => constantFaults(one, operator, column));
}

function constantFaults(constant: AttributeScalar, operator: ComparisonOperator, column: Column): string[] {
  if (operator === 'prefix' && constant === '') return ['every text begins with the empty one'];
  return coerceValue(constant, column.type) === undefined
    ? [`${JSON.stringify(constant)} is no ${column.type}, as ${column.name} is`]
    : [];
}

const within = (place: Place, step: string): Place => ({ ...place, path: `${place.path}.${step}` });
const nameOf = ({ schema, name }: CatalogueTable): string => `${schema}.${name}`;
const namesOf = (columns: readonly Column[]): string => columns.map(({ name }) => name).join(', ');

const keysOf = ({ table, tables }: Place): string => {
  const keys = table.foreignKeys.map(({ columns, referencedTableId }) => {
    const referenced = tables.get(referencedTableId);
    return `(${columns.join(', ')}) to ${referenced ? nameOf(referenced) : 'a table that is not in the catalogue'}, table ${referencedTableId}`;
  });
  return keys.length > 0 ? keys.join('; ') : 'none';
};

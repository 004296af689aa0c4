import { describe, expect, test } from '@jest/globals';
import { type AccessFacts, decideAccess, type Entry, type GroupOfAccount } from '@sandgate/permissions';
import fc from 'fast-check';
import {
  type AttributeRecord,
  arbitraryAttributes,
  arbitraryRows,
  arbitraryRule,
  type Rows,
  tables,
} from '../../support/arbitrary-rules.js';
import { isShown, type PlainRow } from '../../support/interpret-filter.js';

interface World {
  readonly groups: readonly GroupOfAccount[];
  readonly entries: readonly Entry[];
  readonly attributes: AttributeRecord;
  readonly rows: Rows;
}

const groupIds = [1, 2, 3, 4, 5];
const kinds = { 1: 'all-users', 2: 'administrators' } as const;
const groupOf = (id: number): GroupOfAccount => ({
  id,
  name: `Group ${id}`,
  kind: kinds[id as 1 | 2] ?? 'custom',
  sources: ['manual'],
});
const places = [
  { schemaName: '', tableId: 0 },
  { schemaName: 'public', tableId: 0 },
  { schemaName: 'public', tableId: 1 },
] as const;

const arbitraryEntry = (groupId: number, place: (typeof places)[number]): fc.Arbitrary<Entry> => {
  const entry = { id: groupId * 10 + places.indexOf(place), groupId, databaseId: 1, ...place };
  const plain = fc
    .constantFrom('none' as const, 'unrestricted' as const)
    .map((access): Entry => ({ ...entry, access, rule: null }));
  if (place.tableId === 0) return plain;
  const sandbox = arbitraryRule(tables[0], 2).map((rule): Entry => ({ ...entry, access: 'sandboxed', rule }));
  return fc.oneof({ weight: 1, arbitrary: plain }, { weight: 6, arbitrary: sandbox });
};

const arbitraryWorld: fc.Arbitrary<World> = fc.record({
  // Administrators seldom, for nothing else matters beside it.
  groups: fc
    .subarray(groupIds)
    .map((ids) => ids.filter((id) => id !== 2 || ids.length === groupIds.length).map(groupOf)),
  entries: fc
    .tuple(
      ...groupIds
        .filter((id) => id !== 2)
        .flatMap((id) => places.map((place) => fc.option(arbitraryEntry(id, place), { freq: 2, nil: undefined }))),
    )
    .map((entries) => entries.filter((entry) => entry !== undefined)),
  attributes: arbitraryAttributes,
  rows: arbitraryRows,
});

function seen({ groups, entries, attributes, rows }: World): PlainRow[] {
  const facts: AccessFacts = {
    groups,
    entries: entries.filter(({ groupId }) => groups.some(({ id }) => id === groupId)),
    tables: new Map([[1, { id: 1, databaseId: 1, schemaName: 'public' }]]),
    described: new Map(tables.map((table) => [table.id, table])),
    attributes: new Map(Object.entries(attributes).map(([name, value]) => [name, { value, source: 'token' }])),
  };
  const decision = decideAccess(facts, 1);
  if (decision.access === 'denied') return [];
  if (decision.access === 'unrestricted') return [...rows.item];
  const rowsOf = (tableId: number): readonly PlainRow[] =>
    rows[tables.find(({ id }) => id === tableId)?.name as keyof Rows];
  return rows.item.filter((row) => isShown(decision.filter, row, rowsOf));
}

/** Holds for every smaller world, and says how often there was a difference to see. */
function neverShowsMore(smaller: (world: World) => World[]): number {
  let fewer = 0;
  fc.assert(
    fc.property(arbitraryWorld, (world) => {
      const before = seen(world);
      for (const after of smaller(world).map(seen)) {
        expect(after.filter((row) => !before.includes(row))).toEqual([]);
        if (after.length < before.length) fewer += 1;
      }
    }),
    { numRuns: 1000 },
  );
  return fewer;
}

const without = <Item>(items: readonly Item[], item: Item): Item[] => items.filter((other) => other !== item);

describe('what a person sees never grows', () => {
  test('when a group is taken away', () => {
    expect(
      neverShowsMore((world) => world.groups.map((group) => ({ ...world, groups: without(world.groups, group) }))),
    ).toBeGreaterThan(50);
  });

  test('when none is said of a table, a schema or a database, whatever was said of it before', () => {
    const saidNone = (world: World): World[] =>
      places.flatMap((place) =>
        world.groups.map(({ id: groupId }) => {
          const others = world.entries.filter(
            (entry) =>
              entry.groupId !== groupId || entry.tableId !== place.tableId || entry.schemaName !== place.schemaName,
          );
          return {
            ...world,
            entries: [...others, { id: 99, groupId, databaseId: 1, ...place, access: 'none', rule: null }],
          };
        }),
      );

    expect(neverShowsMore(saidNone)).toBeGreaterThan(50);
  });

  test('when an attribute is taken away', () => {
    const names = (world: World): string[] => Object.keys(world.attributes);
    const lacking = (world: World, name: string): World => ({
      ...world,
      attributes: Object.fromEntries(Object.entries(world.attributes).filter(([other]) => other !== name)),
    });

    expect(neverShowsMore((world) => names(world).map((name) => lacking(world, name)))).toBeGreaterThan(50);
  });
});

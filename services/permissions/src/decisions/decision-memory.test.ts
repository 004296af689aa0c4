import { describe, expect, test } from '@jest/globals';
import { type CompiledAccess, createDecisionMemory } from './decision-memory.js';

const compiled = (tableIds: number[], versions: Partial<CompiledAccess['versions']> = {}): CompiledAccess => ({
  versions: { accountRevision: 1, claimsVersion: 1, policyRevision: 1, ...versions },
  groups: [],
  decisions: new Map(tableIds.map((id) => [id, { tableId: id, decision: { access: 'unrestricted' } }])),
});

const tablesOf = (found: CompiledAccess | undefined): number[] => [...(found?.decisions.keys() ?? [])];

describe('the memory of decisions', () => {
  test('gathers what is compiled for the same versions, and forgets it for others', () => {
    const memory = createDecisionMemory({ maxBytes: 100_000 });

    memory.keep('a', compiled([1]));
    memory.keep('a', compiled([2]));
    expect(tablesOf(memory.find('a'))).toEqual([1, 2]);

    memory.keep('a', compiled([3], { policyRevision: 2 }));
    expect(tablesOf(memory.find('a'))).toEqual([3]);

    memory.keep('a', compiled([4], { policyRevision: 2, accountRevision: 2 }));
    expect(tablesOf(memory.find('a'))).toEqual([4]);
  });

  test('stays within its bytes: who was not asked for longest goes first', () => {
    const one = createDecisionMemory({ maxBytes: 1e9 });
    one.keep('a', compiled([1]));
    const memory = createDecisionMemory({ maxBytes: one.bytes * 2 });

    memory.keep('a', compiled([1]));
    memory.keep('b', compiled([1]));
    memory.find('a');
    memory.keep('c', compiled([1]));

    expect(['a', 'b', 'c'].map((account) => memory.find(account) !== undefined)).toEqual([true, false, true]);
    expect(memory.bytes).toBeLessThanOrEqual(one.bytes * 2);
  });

  test('counts no bytes for what it has replaced or forgotten', () => {
    const memory = createDecisionMemory({ maxBytes: 1e9 });
    memory.keep('a', compiled([1]));
    const { bytes } = memory;

    for (let revision = 2; revision < 100; revision += 1) memory.keep('a', compiled([1], { policyRevision: revision }));

    expect(memory.bytes).toBe(bytes);
  });
});

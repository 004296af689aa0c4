import { describe, expect, test } from '@jest/globals';
import type { GroupSync } from '@sandgate/contracts';
import { diffGroupSync } from './diff-group-sync.js';

const settings = (parts: Partial<GroupSync>): GroupSync => ({
  enabled: true,
  mode: 'mapped',
  mappings: { sales: [3], support: [4] },
  whenAbsent: 'keep',
  whenNull: 'keep',
  allowAdministrators: false,
  ...parts,
});

describe('the claimed names that a change of group synchronisation reaches', () => {
  test('are those whose mapping changes, when nothing else does', () => {
    const after = settings({ mappings: { sales: [3], support: [5], new: [3] } });
    expect(diffGroupSync(settings({}), after)).toEqual({ names: ['support', 'new'], namesOfGroups: false });
  });

  test('are all mapped ones when it is turned on or off, or treats an absent claim otherwise', () => {
    for (const change of [{ enabled: false }, { whenAbsent: 'remove' }, { allowAdministrators: true }] as const) {
      const reached = { names: ['sales', 'support'], namesOfGroups: false };
      expect(diffGroupSync(settings({}), settings(change))).toEqual(reached);
      expect(diffGroupSync(settings(change), settings({}))).toEqual(reached);
    }
  });

  test('are mapped ones and names of groups when the mode changes', () => {
    const reached = { names: ['sales', 'support'], namesOfGroups: true };
    expect(diffGroupSync(settings({}), settings({ mode: 'by-name' }))).toEqual(reached);
    expect(diffGroupSync(settings({ mode: 'by-name' }), settings({}))).toEqual(reached);
  });

  test('are none while it is off, before and after', () => {
    const after = settings({ enabled: false, mode: 'by-name', mappings: { sales: [9] } });
    expect(diffGroupSync(settings({ enabled: false }), after)).toEqual({ names: [], namesOfGroups: false });
  });
});

import { describe, expect, test } from '@jest/globals';
import { changedDomains, type Ways } from './decide-ways.js';

const ways = (trusted: Readonly<Record<string, readonly string[]>>): Ways => ({
  passwords: true,
  keyIds: [],
  providers: Object.entries(trusted).map(([name, trustedDomains]) => ({ name, isOpen: true, trustedDomains })),
});

describe('the domains that change hands', () => {
  test('are those that are closed, opened, or believed of others than before', () => {
    const before = ways({ jwt: ['kept.example', 'opened.example'], okta: ['shared.example', 'kept.example'] });
    const after = ways({
      jwt: ['kept.example', 'shared.example'],
      okta: ['kept.example', 'shared.example', 'closed.example'],
    });

    expect(changedDomains(before, after).sort()).toEqual(['closed.example', 'opened.example', 'shared.example']);
  });

  test('are none where only the order changes', () => {
    const before = ways({ jwt: ['a.example', 'b.example'], okta: ['a.example'] });
    expect(changedDomains(before, ways({ okta: ['a.example'], jwt: ['b.example', 'a.example'] }))).toEqual([]);
  });
});

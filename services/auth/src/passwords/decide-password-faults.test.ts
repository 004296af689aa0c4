import { describe, expect, test } from '@jest/globals';
import { decidePasswordFaults } from './decide-password-faults.js';

const email = 'grace.hopper.1906@acme.example';
const faultsOf = (password: string): string[] => decidePasswordFaults(password, email);

describe('a new password', () => {
  test.each([
    'correct horse battery',
    'a sentence that nobody else has',
    'Zk4mQ9vT2xLw',
    'пароль для меня',
    '🐎🔋📎🐎🔋🖇🧲🪝🪢🧶🧵🪡',
    'x'.repeat(500) + 'y'.repeat(500),
  ])('is taken: %s', (password) => {
    expect(faultsOf(password)).toEqual([]);
  });

  test.each(['', 'short', 'Zk4mQ9vT2xL', '🐎🔋📎🐎🔋🖇🧲🪝🪢🧶🧵'])('has at least twelve characters: %s', (password) => {
    expect(faultsOf(password)).toEqual(['must have at least 12 characters']);
  });

  test('has at most 1024 characters', () => {
    expect(faultsOf(`${'Zk4mQ9vT'.repeat(128)}x`)).toEqual(['must have at most 1024 characters']);
  });

  test.each(['nothing\u0000behind it', 'half a horse \ud83d'])('can be stored', (password) => {
    expect(faultsOf(password)).toEqual(['must hold neither NUL nor lone surrogates']);
  });

  test.each([email, 'Grace.Hopper.1906@ACME.example', 'grace.hopper.1906'])(
    'is not the e-mail address: %s',
    (password) => {
      expect(faultsOf(password)).toEqual(['must not be the e-mail address']);
    },
  );

  test.each([
    'administrator',
    'Password1234',
    'P@ssw0rd2024!',
    '123password!!',
    'qwertyuiop12',
    'correcthorsebatterystaple',
    'iloveyou1234',
    '............',
    'aaaaaaaaaaaa',
    'horse horse horse ',
    'abcabcabcabca',
    '123456789012',
    '098765432109',
    'abcdefghijkl',
    'zyxwvutsrqponm',
  ])('is none of the first that somebody tries: %s', (password) => {
    expect(faultsOf(password)).toHaveLength(1);
  });
});

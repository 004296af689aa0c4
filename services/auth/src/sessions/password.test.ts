import { expect, test } from '@jest/globals';
import { Failure } from '@sandgate/contracts';
import { hashPassword, limitComputations, verifyPassword } from './password.js';

test('a password is kept as Argon2id with 19 MiB and two passes', async () => {
  const passwordHash = await hashPassword('correct horse battery');

  expect(passwordHash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  expect(await verifyPassword(passwordHash, 'correct horse battery')).toBe(true);
  expect(await verifyPassword(passwordHash, 'correct horse batter')).toBe(false);
});

test('two computations run at once, a third is refused at once, and one that fails makes room again', async () => {
  const limited = limitComputations();
  const finish: ((error?: Error) => void)[] = [];
  const compute = () =>
    new Promise<string>((resolve, reject) => finish.push((error) => (error ? reject(error) : resolve('done'))));

  const first = limited(compute);
  const second = limited(compute);
  await expect(limited(compute)).rejects.toEqual(new Failure('auth.password_busy'));

  finish[0]?.(new Error('out of memory'));
  await expect(first).rejects.toThrow('out of memory');
  const third = limited(compute);
  finish[1]?.();
  finish[2]?.();
  expect(await Promise.all([second, third])).toEqual(['done', 'done']);
});

import { expect, it } from '@jest/globals';
import { eventually, Hopeless } from './eventually.js';

it('returns what the assertion returns once it no longer throws', async () => {
  let attempts = 0;
  const third = (): number => {
    attempts += 1;
    if (attempts < 3) throw new Error(`attempt ${attempts}`);
    return attempts;
  };

  await expect(eventually(third, { everyMs: 1 })).resolves.toBe(3);
});

it('says in the end what it last saw', async () => {
  const never = (): never => {
    throw new Error('two rows are missing');
  };

  await expect(eventually(never, { timeoutMs: 50, everyMs: 5 })).rejects.toThrow(
    'Not within 0.05 s. Last seen: two rows are missing',
  );
});

it('does not wait longer for an attempt that hangs', async () => {
  const hangs = (): Promise<never> => new Promise(() => undefined);

  await expect(eventually(hangs, { timeoutMs: 50 })).rejects.toThrow('an attempt that had not ended');
});

it('gives up at once when it is hopeless', async () => {
  const hopeless = (): never => {
    throw new Hopeless('it has ended');
  };

  await expect(eventually(hopeless)).rejects.toThrow('it has ended');
});

import { hash, verify } from '@node-rs/argon2';
import { Failure } from '@sandgate/contracts';

/** OWASP password storage cheat sheet: Argon2id, the library's default, with 19 MiB, two passes, one lane. */
const options = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

export const hashPassword = (password: string): Promise<string> => hash(password, options);

export const verifyPassword = (passwordHash: string, password: string): Promise<boolean> =>
  verify(passwordHash, password);

const atOnce = 2;

/**
 * Lets at most two computations run at once and refuses the rest with `auth.password_busy` instead of queueing it: each takes 19 MiB
 * and a thread, which a flood of guesses must not take from everything else.
 */
export function limitComputations(): <T>(compute: () => Promise<T>) => Promise<T> {
  let running = 0;
  return async (compute) => {
    if (running >= atOnce) throw new Failure('auth.password_busy');
    running += 1;
    try {
      return await compute();
    } finally {
      running -= 1;
    }
  };
}

import { createBatcher } from '@sandgate/service-kit';
import type { AppliedVersions } from '../decisions/access-store.js';

export type Progress = Pick<AppliedVersions, 'accountRevision' | 'claimsVersion'>;

export interface AppliedWait {
  /** Whether the account comes so far within two seconds, for those who know that it had not a moment ago. */
  until(accountId: string, isReached: (progress: Progress) => boolean): Promise<boolean>;
  /** Tells those who wait in this process what was just committed here. */
  announce(accountId: string, progress: Progress): void;
  stop(): void;
}

const patienceMilliseconds = 2000;
const pollMilliseconds = 20;

interface Waiter {
  readonly isReached: (progress: Progress) => boolean;
  readonly settle: (reached: boolean) => void;
  readonly fail: (error: unknown) => void;
}

/**
 * Lets requests wait for events that are on their way. What this process commits wakes them at once; for what another instance commits
 * the database is asked again and again, in one statement for all who wait.
 */
export function createAppliedWait(
  readProgress: (accountIds: readonly string[]) => Promise<readonly (Progress | undefined)[]>,
): AppliedWait {
  const waiting = new Map<string, Set<Waiter>>();
  let timer: NodeJS.Timeout | undefined;

  const read = createBatcher({ run: readProgress, maxSize: 256, lanes: 4 });

  const schedule = (): void => {
    if (timer !== undefined || waiting.size === 0) return;
    timer = setTimeout(() => void poll(), pollMilliseconds);
  };

  const poll = async (): Promise<void> => {
    await Promise.all([...waiting.keys()].map(look));
    timer = undefined;
    schedule();
  };

  const look = async (accountId: string): Promise<void> => {
    try {
      announce(accountId, await read(accountId));
    } catch (error) {
      for (const waiter of waiting.get(accountId) ?? []) waiter.fail(error);
    }
  };

  const announce = (accountId: string, progress: Progress | undefined): void => {
    if (!progress) return;
    for (const waiter of waiting.get(accountId) ?? []) if (waiter.isReached(progress)) waiter.settle(true);
  };

  const add = (accountId: string, waiter: Waiter): void => {
    const others = waiting.get(accountId);
    if (others) others.add(waiter);
    else waiting.set(accountId, new Set([waiter]));
    schedule();
  };

  const remove = (accountId: string, waiter: Waiter): void => {
    const others = waiting.get(accountId);
    others?.delete(waiter);
    if (others?.size === 0) waiting.delete(accountId);
  };

  return {
    until: (accountId, isReached) =>
      new Promise((resolve, reject) => {
        const leave = (): void => {
          clearTimeout(deadline);
          remove(accountId, waiter);
        };
        const waiter: Waiter = {
          isReached,
          settle: (reached) => {
            leave();
            resolve(reached);
          },
          fail: (error) => {
            leave();
            reject(error);
          },
        };
        const deadline = setTimeout(() => waiter.settle(false), patienceMilliseconds);
        add(accountId, waiter);
      }),
    announce,
    stop() {
      for (const waiters of waiting.values()) for (const waiter of waiters) waiter.settle(false);
      clearTimeout(timer);
    },
  };
}

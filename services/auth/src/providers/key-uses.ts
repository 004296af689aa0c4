import type { ProviderStore } from './provider-store.js';

/** When keys were last used, in memory: no sign-in waits until it is written down. */
export interface KeyUses {
  note(keyId: string): void;
  /** What was noted since the last call. */
  take(): { id: string; at: string }[];
}

export function createKeyUses(): KeyUses {
  let uses = new Map<string, Date>();
  return {
    note: (keyId) => void uses.set(keyId, new Date()),
    take() {
      const taken = [...uses].map(([id, at]) => ({ id, at: at.toISOString() }));
      uses = new Map();
      return taken;
    },
  };
}

/** Writes down what was noted. Says nothing of it: it happens every minute. */
export async function noteKeyUses(uses: KeyUses, store: ProviderStore): Promise<undefined> {
  const taken = uses.take();
  if (taken.length > 0) await store.noteKeyUses(taken);
}

import { type ApiKey, type Ask, describeGroups, Failure } from '@sandgate/contracts';
import type { Author, Outbox } from '@sandgate/messaging';
import { hashSessionToken } from '../sessions/session-token.js';
import { mintApiKey, newKeyAccount } from './api-key.js';
import type { ApiKeyChange, ApiKeyStore } from './api-key-store.js';
import { decideGroupFaults } from './decide-group-faults.js';

interface Dependencies {
  readonly keys: ApiKeyStore;
  readonly ask: Ask;
  readonly outbox: Outbox;
}

/** Creates, changes and revokes API keys. A key is an account of its own, and what it may see follows from its groups as for everybody. */
export function createApiKeyChanger({ keys, ask, outbox }: Dependencies) {
  /** Answers the key itself, which is nowhere else. Throws `auth.api_key_groups_invalid` with every fault. */
  async function create(
    wanted: { readonly name: string; readonly groupIds: readonly number[] },
    by: Author,
  ): Promise<ApiKey & { key: string }> {
    await requireGroups(wanted.groupIds, ask);
    const key = mintApiKey();
    const created = await keys.create({ ...newKeyAccount(), ...wanted, keyHash: hashSessionToken(key) }, by);
    outbox.wake();
    return { ...created, key };
  }

  /** Throws `auth.api_key_not_found`, `auth.api_key_groups_invalid` with every fault. */
  async function change(id: string, wanted: ApiKeyChange, by: Author): Promise<ApiKey> {
    if (wanted.groupIds) await requireGroups(wanted.groupIds, ask);
    const changed = await keys.change(id, wanted, by);
    if (!changed) throw new Failure('auth.api_key_not_found');
    outbox.wake();
    return changed;
  }

  /** From then on no instance takes the key. Throws `auth.api_key_not_found`. */
  async function revoke(id: string, by: Author): Promise<void> {
    if (!(await keys.remove(id, by))) throw new Failure('auth.api_key_not_found');
    outbox.wake();
  }

  return { create, change, revoke };
}

export type ApiKeyChanger = ReturnType<typeof createApiKeyChanger>;

async function requireGroups(groupIds: readonly number[], ask: Ask): Promise<void> {
  const { groups } = await ask(describeGroups, { groupIds: [...groupIds] });
  const faults = decideGroupFaults(groupIds, groups);
  if (faults.length > 0) throw new Failure('auth.api_key_groups_invalid', { details: { faults } });
}

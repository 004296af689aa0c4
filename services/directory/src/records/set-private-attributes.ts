import { randomUUID } from 'node:crypto';
import { changedFields } from '@sandgate/contracts';
import type { Database } from '@sandgate/messaging';
import { lockPrivateAttributes, savePrivateAttributes } from './private-attribute-store.js';
import { writeRecords } from './record-store.js';

/** Makes exactly these attributes private, records who did it, and answers them. */
export const setPrivateAttributes = (
  database: Database,
  names: readonly string[],
  actorId: string,
): Promise<string[]> =>
  database.$transaction(async (tx) => {
    const before = await lockPrivateAttributes(tx);
    await savePrivateAttributes(tx, names);
    const after = [...new Set(names)].sort();
    const changed = changedFields({ private: before }, { private: after });
    const code = 'directory.attribute-settings';
    if (changed)
      await writeRecords(tx, [{ eventId: randomUUID(), kind: 'settings', actorId, code, details: {}, ...changed }]);
    return after;
  });

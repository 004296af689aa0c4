import { type SqlClient, subscription } from '@sandgate/messaging';
import { writeRecords } from '../records/record-store.js';

/** Records refusals of sign-ins. */
export const onSignInRefused = () =>
  subscription<'directory.on-sign-in-refused', SqlClient>({
    name: 'directory.on-sign-in-refused',
    handle: (batch, { tx }) =>
      writeRecords(
        tx,
        batch.map(({ id, data: { code, accountId, ...details } }) => ({
          eventId: id,
          kind: 'refusal',
          at: details.lastAt,
          accountId: accountId ?? null,
          code,
          details,
        })),
      ),
  });

import { type SqlClient, subscription } from '@sandgate/messaging';
import { recordOfSettingsChange } from '../records/record-of-settings-change.js';
import { writeRecords } from '../records/record-store.js';

/** Records what was changed in auth. */
export const onAuthSettingsChanged = () =>
  subscription<'directory.on-auth-settings-changed', SqlClient>({
    name: 'directory.on-auth-settings-changed',
    handle: (batch, { tx }) =>
      writeRecords(
        tx,
        batch.map((event) => recordOfSettingsChange('auth', event)),
      ),
  });

import { type SqlClient, subscription } from '@sandgate/messaging';
import { recordOfSettingsChange } from '../records/record-of-settings-change.js';
import { writeRecords } from '../records/record-store.js';

/** Records what was changed in permissions. */
export const onPermissionsSettingsChanged = () =>
  subscription<'directory.on-permissions-settings-changed', SqlClient>({
    name: 'directory.on-permissions-settings-changed',
    handle: (batch, { tx }) =>
      writeRecords(
        tx,
        batch.map((event) => recordOfSettingsChange('permissions', event)),
      ),
  });

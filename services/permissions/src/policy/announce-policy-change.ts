import { PermissionsSettingsChanged } from '@sandgate/contracts';
import { announceChanges, createOutbox } from '@sandgate/messaging';

/** Announces what an administrator changes, in the transaction of the change. Nobody waits for it, so the relay is left to find it. */
export const announcePolicyChange = announceChanges(createOutbox(), PermissionsSettingsChanged);

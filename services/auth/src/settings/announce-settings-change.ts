import { AuthSettingsChanged } from '@sandgate/contracts';
import { announceChanges, createOutbox } from '@sandgate/messaging';

/** Announces what an administrator or the environment changes, in the transaction of the change. Nobody waits for it, so the relay is left to find it. */
export const announceSettingsChange = announceChanges(createOutbox(), AuthSettingsChanged);

import type { ServiceName, SettingsChange } from '@sandgate/contracts';
import type { ReceivedEvent } from '@sandgate/messaging';
import type { NewRecord } from './record.js';

/** The record of a change that a service has announced. */
export const recordOfSettingsChange = (
  service: ServiceName,
  { id: eventId, time, data: { what, id, ...change } }: ReceivedEvent<SettingsChange>,
): NewRecord => ({
  eventId,
  kind: 'settings',
  at: time,
  code: `${service}.${what}`,
  details: { id, ...(change.actorId === null && { cause: 'operator' }) },
  ...change,
});

import { z } from 'zod';
import { defineEvent, type EventSource } from './define-event.js';

/** What a setting was or is: only what the change is about. Never a secret. */
const Side = z.record(z.string(), z.unknown()).nullable();

/**
 * One change of a setting, or of an account, a credential or sessions, complete in itself: who, what, before and after. The envelope says when. Of
 * a password and of sessions there is no state to tell: `after` is what was done.
 */
export const SettingsChange = z.strictObject({
  /** Kind of the setting, such as `provider`, `membership` or `api-key`. */
  what: z.string().regex(/^[a-z]+(-[a-z]+)*$/),
  /** Which one of its kind. */
  id: z.string().max(300),
  /** The account that it is about, where it is about one. */
  accountId: z.uuid().nullable(),
  /** The administrator who made it, or whose own it is; null where the operator did, by the environment or a command. */
  actorId: z.uuid().nullable(),
  /** Null where there was none. */
  before: Side,
  /** Null where there is none any more. */
  after: Side,
});
export type SettingsChange = z.infer<typeof SettingsChange>;

const settingsChangedBy = (source: EventSource, name: string) =>
  defineEvent({
    name,
    type: `${source}.settings-changed.v1`,
    source,
    summary: `A setting of ${source} was changed, by an administrator, by whose own it is, or by the operator. Each event is a change of its own; none replaces another.`,
    maxBytes: 2 * 1024 * 1024,
    data: SettingsChange,
  });

export const AuthSettingsChanged = settingsChangedBy('auth', 'AuthSettingsChanged');
export const PermissionsSettingsChanged = settingsChangedBy('permissions', 'PermissionsSettingsChanged');

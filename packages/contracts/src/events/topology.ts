import { AccountChanged } from './account-changed.v1.js';
import { CatalogChanged } from './catalog-changed.v1.js';
import type { EventDefinition } from './define-event.js';
import { AuthSettingsChanged, PermissionsSettingsChanged } from './settings-changed.v1.js';
import { SignInRefused } from './sign-in-refused.v1.js';
import { UserLoggedIn } from './user-logged-in.v1.js';

export const events = [
  UserLoggedIn,
  AccountChanged,
  CatalogChanged,
  SignInRefused,
  AuthSettingsChanged,
  PermissionsSettingsChanged,
] as const;

/**
 * Every subscription of the system. Each is one durable queue of that name. All processes declare all of them before the first
 * publish: an event that reaches one queue but misses another counts as delivered for the broker.
 */
export const subscriptions = {
  'directory.on-user-logged-in': UserLoggedIn,
  'directory.on-sign-in-refused': SignInRefused,
  'directory.on-auth-settings-changed': AuthSettingsChanged,
  'directory.on-permissions-settings-changed': PermissionsSettingsChanged,
  'permissions.on-account-changed': AccountChanged,
  'permissions.on-catalog-changed': CatalogChanged,
} as const satisfies Record<string, EventDefinition>;

export type SubscriptionName = keyof typeof subscriptions;
export type SubscribedEvent<Name extends SubscriptionName> = (typeof subscriptions)[Name];

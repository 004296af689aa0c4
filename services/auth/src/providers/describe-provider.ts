import type { Provider, SigningKey } from '@sandgate/contracts';
import type { StoredKey, StoredProvider } from './provider-store.js';

/** What an administrator sees: never a secret. */
export const describeProvider = ({ name, settings, keys }: StoredProvider): Provider => ({
  name,
  kind: 'jwt',
  ...settings,
  keys: keys.map(describeKey),
});

export const describeKey = ({ secret: _secret, ...key }: StoredKey): SigningKey => key;

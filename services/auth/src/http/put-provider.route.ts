import { putProvider } from '@sandgate/contracts';
import type { Author } from '@sandgate/messaging';
import { type AnyRoute, authorOf, route } from '@sandgate/service-kit';
import type { SettingsChange } from '../providers/decide-settings-change.js';
import { describeProvider } from '../providers/describe-provider.js';
import type { StoredProvider } from '../providers/provider-store.js';

export const putProviderRoute = (
  change: (name: string, to: SettingsChange, by: Author) => Promise<StoredProvider>,
): AnyRoute =>
  route(putProvider, async ({ params, body: { kind: _kind, name: _name, keys: _keys, ...to }, ...context }) =>
    describeProvider(await change(params.provider, to, authorOf(context))),
  );

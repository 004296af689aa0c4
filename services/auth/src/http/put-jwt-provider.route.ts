import { putJwtProvider } from '@sandgate/contracts';
import { type AnyRoute, route } from '@sandgate/service-kit';
import { decideSettingsChange } from '../providers/decide-settings-change.js';
import { describeProvider } from '../providers/describe-provider.js';
import type { ProviderStore } from '../providers/provider-store.js';

export const putJwtProviderRoute = (providers: ProviderStore): AnyRoute =>
  route(putJwtProvider, async ({ body: { keys: _unchanged, ...change } }) =>
    describeProvider(await providers.change(({ settings }) => ({ settings: decideSettingsChange(settings, change) }))),
  );

import { changeSigningKey } from '@sandgate/contracts';
import { type AnyRoute, route } from '@sandgate/service-kit';
import { describeKey } from '../providers/describe-provider.js';
import type { StoredKey } from '../providers/provider-store.js';

export const changeSigningKeyRoute = (
  retire: (provider: string, id: string, at: string | null) => Promise<StoredKey>,
): AnyRoute =>
  route(changeSigningKey, async ({ params, body }) =>
    describeKey(await retire(params.provider, params.id, body.retireAt)),
  );

import { changeSigningKey } from '@sandgate/contracts';
import type { Author } from '@sandgate/messaging';
import { type AnyRoute, authorOf, route } from '@sandgate/service-kit';
import type { KeyRetirement } from '../providers/change-signing-keys.js';
import { describeKey } from '../providers/describe-provider.js';
import type { StoredKey } from '../providers/provider-store.js';

export const changeSigningKeyRoute = (
  retire: (retirement: KeyRetirement, by: Author) => Promise<StoredKey>,
): AnyRoute =>
  route(changeSigningKey, async ({ params, body, ...context }) =>
    describeKey(await retire({ ...params, ...body }, authorOf(context))),
  );

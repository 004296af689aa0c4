import type { getJwtProvider } from '@sandgate/contracts';
import type { z } from 'zod';
import type { StoredProvider } from './provider-store.js';

type JwtProvider = z.input<NonNullable<(typeof getJwtProvider)['response']>>;

/** What an administrator sees: never a secret. */
export const describeProvider = ({ settings, keys }: StoredProvider): JwtProvider => ({
  ...settings,
  keys: keys.map(({ id, source, createdAt }) => ({ id, source, createdAt })),
});

import { z } from 'zod';

/** Name of a provider, such as `jwt`. */
export const ProviderName = z.string().regex(/^[a-z][a-z0-9-]{0,62}$/);

/**
 * What a provider last said about an account's groups. Absent, `null` and an empty list mean three different things,
 * so the last list stays beside what the newest token said.
 */
export const ClaimedGroups = z.strictObject({
  provider: ProviderName,
  presence: z.enum(['listed', 'null', 'absent']),
  /** Names of the last list, also while `presence` is `null` or `absent`. */
  names: z.array(z.string().min(1).max(255)).max(200),
});
export type ClaimedGroups = z.infer<typeof ClaimedGroups>;

export const AccountStatus = z.enum(['active', 'deactivated']);
export type AccountStatus = z.infer<typeof AccountStatus>;

/** Person's name as a provider said it; null while none has said one. */
export const PersonName = z.string().max(255).nullable();

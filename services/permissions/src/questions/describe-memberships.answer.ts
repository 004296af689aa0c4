import { describeMemberships } from '@sandgate/contracts';
import { type Answer, answer } from '@sandgate/service-kit';
import type { FindCurrentAccess } from '../decisions/current-access.js';

/** Nobody is an administrator while deactivated. */
export const answerDescribeMemberships = (findCurrentAccess: FindCurrentAccess): Answer =>
  answer(describeMemberships, async ({ accountId, claimsVersion }) => {
    const { groups, active } = await findCurrentAccess({ accountId, claimsVersion, tableIds: [] });
    return {
      administrator: active && groups.some(({ kind }) => kind === 'administrators'),
      groups: groups.map(({ id, name, sources }) => ({ id, name, sources: [...sources] })),
    };
  });

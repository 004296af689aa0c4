import { reserveDeactivation } from '@sandgate/contracts';
import type { Database } from '@sandgate/messaging';
import { type Answer, answer } from '@sandgate/service-kit';
import { releaseDeactivation } from '../accounts/account-store.js';
import { reserve } from '../accounts/reserve-deactivation.js';

export const answerReserveDeactivation = (database: Database): Answer =>
  answer(reserveDeactivation, async ({ accountId, released }) => {
    await (released ? releaseDeactivation : reserve)(database, accountId);
    return {};
  });

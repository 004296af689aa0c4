import { randomUUID } from 'node:crypto';
import { type Ask, Failure, reserveDeactivation, setAccountStatus } from '@sandgate/contracts';
import type { Database, Outbox } from '@sandgate/messaging';
import type { Logger } from '@sandgate/service-kit';
import type { DatedAccount } from '../accounts/account.js';
import { lockAccount } from '../accounts/account-store.js';
import { reviseAccount } from '../accounts/revise-account.js';
import { decideAdminAttributes } from '../attributes/decide-admin-attributes.js';
import { decideAfterFailure } from './decide-after-failure.js';
import { beginStatusChange, endStatusChange, type StatusChange, turnBack } from './status-change-store.js';

export interface StatusChangerDependencies {
  readonly database: Database;
  readonly outbox: Outbox;
  readonly ask: Ask;
  readonly log: Logger;
}

/**
 * A status is changed in three services, none of which can be rolled back with the others: so the change is stored first, and whoever
 * holds it brings it to its end, or back to where it began. Until then the account is denied rather than granted.
 */
export function createStatusChanger({ database, outbox, ask, log }: StatusChangerDependencies) {
  const tellAuth = ({ accountId, status }: StatusChange) => ask(setAccountStatus, { accountId, status });
  const reserve = ({ accountId }: StatusChange) => ask(reserveDeactivation, { accountId, released: false });
  /** The event of a deactivation lifts its reservation; here that event may never come, or be outdone by a newer one. */
  const release = ({ accountId }: StatusChange) => ask(reserveDeactivation, { accountId, released: true });

  /**
   * Changes the status, with the admin attributes of the same request. Answers the account; undefined when the outcome is not known
   * yet and `finish` will bring it about. When it throws, nothing is changed. `directory.status_change_in_progress` for a second one at once.
   */
  async function change(wanted: Omit<StatusChange, 'holder'>): Promise<DatedAccount | undefined> {
    const own: StatusChange = { ...wanted, holder: randomUUID() };
    if (!(await beginStatusChange(database, own))) throw new Failure('directory.status_change_in_progress');
    const isTold = own.status === 'active' ? await activateElsewhere(own) : await deactivateElsewhere(own);
    return isTold ? complete(own) : undefined;
  }

  async function deactivateElsewhere(own: StatusChange): Promise<boolean> {
    return (await succeeds(reserve, own, end)) && (await succeeds(tellAuth, own, undoReservation));
  }

  async function activateElsewhere(own: StatusChange): Promise<boolean> {
    // Once auth has done it there is only forward.
    return (await succeeds(tellAuth, own, end)) && (await succeeds(release, own, undefined));
  }

  /** Whether a step succeeded. Where it certainly did nothing, takes back what was done and throws why. */
  async function succeeds(
    step: (own: StatusChange) => Promise<unknown>,
    own: StatusChange,
    undo: ((own: StatusChange) => Promise<boolean>) | undefined,
  ): Promise<boolean> {
    try {
      await step(own);
      return true;
    } catch (error) {
      if (undo && decideAfterFailure(error) !== 'unknown' && (await undo(own))) throw error;
      log.warn({ accountId: own.accountId, status: own.status, error }, 'a change of status is left to be finished');
      return false;
    }
  }

  const end = (own: StatusChange) => endStatusChange(database, own);

  /** From the first statement on, `finish` leads back, should the rest fail. */
  async function undoReservation(own: StatusChange): Promise<boolean> {
    if (!(await turnBack(database, own))) return false;
    try {
      await release(own);
      await end(own);
    } catch (error) {
      log.warn({ accountId: own.accountId, error }, 'a reservation is left to be released');
    }
    return true;
  }

  /** Brings a change that was taken over to its end. Every step is safe to repeat. A refusal that stays leads back. */
  async function finish(taken: StatusChange): Promise<'finished' | 'refused' | 'waiting'> {
    try {
      for (const step of taken.status === 'active' ? [tellAuth, release] : [reserve, tellAuth]) await step(taken);
      await complete(taken);
      return 'finished';
    } catch (error) {
      const isRefused = decideAfterFailure(error) === 'refused';
      log.warn(
        { accountId: taken.accountId, status: taken.status, error },
        isRefused ? 'a change of status was refused' : 'a change of status waits',
      );
      if (!isRefused) return 'waiting';
      if (taken.status === 'active') await end(taken);
      else await turnBack(database, taken);
      return 'refused';
    }
  }

  /** Directory's own part. Undefined when somebody else has taken the change over and will do it. */
  async function complete(own: StatusChange): Promise<DatedAccount | undefined> {
    const revised = await database.$transaction(async (tx) => {
      const account = await lockAccount(tx, own.accountId);
      if (!account || !(await endStatusChange(tx, own))) return undefined;
      const adminAttributes = decideAdminAttributes(account.adminAttributes, own.adminAttributes);
      return reviseAccount({ tx, outbox, traceparent: own.traceparent }, account, {
        actorId: own.actorId,
        status: own.status,
        adminAttributes,
      });
    });
    outbox.wake();
    return revised;
  }

  return { change, finish };
}

export type StatusChanger = ReturnType<typeof createStatusChanger>;

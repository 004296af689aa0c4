import {
  type AccountStatus,
  type Ask,
  awaitAccountRevision,
  describeMemberships,
  Failure,
  namedFailure,
} from '@sandgate/contracts';
import type { Author, Database, Outbox } from '@sandgate/messaging';
import type { Logger } from '@sandgate/service-kit';
import {
  type AttributeChanges,
  decideAdminAttributes,
  faultsOfAdminAttributes,
} from '../attributes/decide-admin-attributes.js';
import type { StatusChanger } from '../status/change-status.js';
import { hasStatusChange } from '../status/status-change-store.js';
import type { AdminAttributes, DatedAccount } from './account.js';
import { lockAccount } from './account-store.js';
import type { Group } from './account-view.js';
import type { AccountReader } from './read-account.js';
import { reviseAccount } from './revise-account.js';

export interface AccountChangerDependencies {
  readonly database: Database;
  readonly outbox: Outbox;
  readonly ask: Ask;
  readonly log: Logger;
  readonly accounts: AccountReader;
  readonly statusChanger: StatusChanger;
}

export interface AccountChanges {
  readonly status?: AccountStatus | undefined;
  readonly adminAttributes?: AttributeChanges | undefined;
}

export interface ChangedAccount {
  readonly account: DatedAccount;
  readonly groups: readonly Group[];
  /** Services in which the change is not in force yet; it will be. */
  readonly pending: readonly string[];
}

/** Changes an account as an administrator wants, all of it or nothing, and waits until the change is in force. */
export function createAccountChanger({
  database,
  outbox,
  ask,
  log,
  accounts,
  statusChanger,
}: AccountChangerDependencies) {
  return async (id: string, changes: AccountChanges, by: Author): Promise<ChangedAccount> => {
    const account = await accounts.get(id);
    // Asked before anything is changed, for without permissions there is no answer. No change made here changes a membership.
    const groups = await findKnownGroups(account.id);
    const status = await newStatus(account, changes.status);
    const changed = status
      ? await changeStatus(account, { ...changes, status }, by)
      : await changeAttributes(account, changes, by);
    if (!changed) return { account, groups, pending: ['auth', 'permissions'] };
    return { account: changed, groups, pending: (await isInForce(changed)) ? [] : ['permissions'] };
  };

  /** None of an account that permissions has not heard of yet: it can be changed all the same, and the change is pending there. */
  async function findKnownGroups(accountId: string): Promise<readonly Group[]> {
    try {
      return (await ask(describeMemberships, { accountId, claimsVersion: 1 })).groups;
    } catch (error) {
      if (namedFailure(error)?.code === 'permissions.not_yet_applied') return [];
      throw error;
    }
  }

  /** The wanted status, unless the account has it already and no change of it is under way. */
  async function newStatus(
    { id, status }: DatedAccount,
    wanted: AccountStatus | undefined,
  ): Promise<AccountStatus | undefined> {
    return wanted !== status || (await hasStatusChange(database, id)) ? wanted : undefined;
  }

  function changeStatus(
    { id, adminAttributes }: DatedAccount,
    { status, adminAttributes: attributeChanges = {} }: AccountChanges & { status: AccountStatus },
    by: Author,
  ): Promise<DatedAccount | undefined> {
    refuseTooMany(decideAdminAttributes(adminAttributes, attributeChanges));
    return statusChanger.change({ accountId: id, status, adminAttributes: attributeChanges, ...by });
  }

  async function changeAttributes(
    { id }: DatedAccount,
    { adminAttributes = {} }: AccountChanges,
    { actorId, traceparent }: Author,
  ): Promise<DatedAccount> {
    const revised = await database.$transaction(async (tx) => {
      const account = await lockAccount(tx, id);
      if (!account) throw new Failure('directory.account_not_found');
      const next = decideAdminAttributes(account.adminAttributes, adminAttributes);
      refuseTooMany(next);
      return reviseAccount({ tx, outbox, traceparent }, account, {
        actorId,
        status: account.status,
        adminAttributes: next,
      });
    });
    outbox.wake();
    return revised;
  }

  async function isInForce({ id, revision }: DatedAccount): Promise<boolean> {
    try {
      return (await ask(awaitAccountRevision, { accountId: id, revision })).applied;
    } catch (error) {
      // The change is made all the same; only whether it has arrived is not known.
      log.warn({ accountId: id, revision, error }, 'permissions does not say whether it has applied a change');
      return false;
    }
  }
}

function refuseTooMany(attributes: AdminAttributes): void {
  const faults = faultsOfAdminAttributes(attributes);
  if (faults.length > 0) throw new Failure('request.invalid', { details: { faults } });
}

export type ChangeAccount = ReturnType<typeof createAccountChanger>;

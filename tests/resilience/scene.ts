import { expect } from '@jest/globals';
import { Group, Sandbox, serviceNames } from '@sandgate/contracts';
import { eventually } from '../support/eventually.js';
import { freshDatabase, type MigratedDatabase } from '../support/postgres.js';
import { openVirtualHost, type VirtualHost } from '../support/virtual-host.js';
import { type Checked, findDifferences, findInRecord, noFindings, untilApplied } from './checker.js';
import { type Crowd, createCrowd, type Person } from './crowd.js';
import { type EventRecord, openEventRecord } from './event-record.js';
import { type HeldState, openHeldState } from './held-state.js';
import { createDataSource, customers, type DataSource, firstPolicy } from './invoices.js';
import { countQueues } from './queues.js';
import type { Random } from './random.js';
import { openSandgate, type Sandgate } from './sandgate.js';

export interface SceneOptions {
  readonly random: Random;
  readonly people?: number;
  /** Of each service. */
  readonly instances?: number;
  readonly database?: MigratedDatabase;
  readonly virtualHost?: VirtualHost;
}

/** What the administrator has set up. */
export interface Installed {
  readonly groupIds: Readonly<Record<string, number>>;
  readonly sandboxIds: Readonly<Record<string, number>>;
  readonly databaseId: number;
  readonly tableId: number;
}

/** A whole Sandgate with people and invoices, and whatever is needed to disturb and to check it. */
export interface Scene {
  readonly sandgate: Sandgate;
  readonly crowd: Crowd;
  readonly held: HeldState;
  readonly record: EventRecord;
  readonly dataSource: DataSource;
  readonly virtualHost: VirtualHost;
  readonly installed: Installed;
  /** Waits until all is applied, then expects everything to be held as the model says, and no process to have died by itself. */
  expectApplied(except?: readonly Person[]): Promise<void>;
  /** Beyond that, expects that what was announced is what happened. */
  expectNothingLost(except?: readonly Person[]): Promise<void>;
  /** Ends all services in good order, and expects nothing left in any queue or outbox but these dead letters. */
  expectNothingLeft(dead?: Readonly<Record<string, number>>): Promise<void>;
  close(): Promise<void>;
}

export async function openScene(options: SceneOptions): Promise<Scene> {
  const { random, people = 40, instances = 1 } = options;
  const [database, virtualHost, dataSource] = await Promise.all([
    options.database ?? freshDatabase(),
    options.virtualHost ?? openVirtualHost(),
    createDataSource(),
  ]);
  const record = await openEventRecord(virtualHost.url);
  const sandgate = await openSandgate({ database, amqpUrl: virtualHost.url, dataSource });
  const held = openHeldState(database.adminUrl);
  const crowd = createCrowd({ size: people, random, auth: sandgate.origin('auth') });
  const checked: Checked = { crowd, held, sandgate };

  const close = async (): Promise<void> => {
    await sandgate.close();
    await held.close();
    await Promise.all([database.drop(), virtualHost.drop(), dataSource.drop()]);
  };

  const open = async (): Promise<Scene> => {
    for (let n = 0; n < instances; n += 1) await Promise.all(serviceNames.map((service) => sandgate.start(service)));
    await sandgate.ready();
    const installed = await install(sandgate);
    const expectApplied = async (except: readonly Person[] = []): Promise<void> => {
      const appliedAfterMs = await untilApplied({ ...checked, except });
      expect(await findDifferences({ ...checked, except })).toEqual(noFindings);
      expect(sandgate.casualties()).toEqual([]);
      console.log(`checked ${JSON.stringify({ ...crowd.summary(), appliedAfterMs })}`);
    };
    return {
      ...{ sandgate, crowd, held, record, dataSource, virtualHost, installed, close, expectApplied },
      async expectNothingLost(except = []) {
        await expectApplied(except);
        expect(await findInRecord({ ...checked, except }, await record.read())).toEqual(noFindings);
      },
      async expectNothingLeft(dead = {}) {
        await sandgate.endAll();
        expect(await held.outboxRows()).toBe(0);
        // What a consumer had in hand comes back a moment after it has gone.
        await eventually(async () => expect(await countQueues(virtualHost.url)).toEqual({ waiting: 0, dead }));
      },
    };
  };
  return open().catch(async (error: unknown) => {
    await close();
    throw error;
  });
}

/** Groups, mappings and sandboxes of the first policy, as an administrator sets them. */
async function install(sandgate: Sandgate): Promise<Installed> {
  const post = async (path: string, body: unknown): Promise<unknown> => {
    const answered = await sandgate.manage('POST', path, body);
    expect(answered).toMatchObject({ status: 201 });
    return answered.body;
  };
  const groupIds: Record<string, number> = {};
  for (const name of customers) groupIds[name] = Group.parse(await post('/api/groups', { name })).id;
  const mappings = Object.fromEntries(
    customers.flatMap((customer) => firstPolicy.mappings[customer].map((name) => [name, [groupIds[customer]]])),
  );
  const sync = { enabled: true, mode: 'mapped', whenAbsent: 'keep', whenNull: 'remove', mappings };
  expect(await sandgate.manage('PUT', '/api/group-sync/jwt', sync)).toMatchObject({ status: 200 });
  const tables = await sandgate.manage('GET', '/api/tables');
  const { id: tableId, databaseId } = tables.body.data[0];
  const sandboxIds: Record<string, number> = {};
  for (const customer of customers) {
    const column = firstPolicy.rules[customer];
    const sandbox = { groupId: groupIds[customer], tableId, rule: ruleOn(column) };
    sandboxIds[customer] = Sandbox.omit({ rule: true })
      .loose()
      .parse(await post('/api/sandboxes', sandbox)).id;
  }
  return { groupIds, sandboxIds, databaseId, tableId };
}

/** A row rule that compares a column with the attribute of the same name. */
export const ruleOn = (column: string): unknown => ({ column, operator: '=', value: { attribute: column } });

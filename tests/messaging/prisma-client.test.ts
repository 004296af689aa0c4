import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { AccountChanged, type EventData } from '@sandgate/contracts';
import { createOutbox, embeddedTransport, nextTraceparent, startMessaging } from '@sandgate/messaging';
import { Registry } from 'prom-client';
import { connect as connectDirectory } from '../../services/directory/src/database.js';
import { connect as connectPermissions } from '../../services/permissions/src/database.js';
import { eventually } from '../support/eventually.js';
import { freshDatabase, type MigratedDatabase } from '../support/postgres.js';
import { log } from './workshop.js';

let database: MigratedDatabase;
beforeAll(async () => {
  database = await freshDatabase();
});
afterAll(() => database.drop());

const anAccount = (i: number): EventData<typeof AccountChanged> => ({
  accountId: `00000000-0000-4000-8000-${String(i).padStart(12, '0')}`,
  revision: 1,
  claimsVersion: 1,
  status: 'active',
  email: 'somebody@acme.example',
  firstName: 'Ada',
  lastName: i === 7 ? 'Bad' : 'Lovelace',
  attributes: {},
  groups: [],
  firstAdministrator: false,
});

it('carries events from one service to another on their Prisma clients and with their roles', async () => {
  const [directory, permissions] = [
    connectDirectory(database.urls.directory, { max: 4 }),
    connectPermissions(database.urls.permissions, { max: 4 }),
  ];
  const transport = embeddedTransport({ log, retryDelaysMs: [20], pollMs: 50 });
  const outbox = createOutbox();
  const received = new Set<string>();
  const common = { transport, log, registry: new Registry(), pollMs: 50, maxAttempts: 2 };
  const producer = startMessaging({ ...common, service: 'directory', database: directory, outbox, subscriptions: [] });
  const consumer = startMessaging({
    ...common,
    service: 'permissions',
    database: permissions,
    outbox: createOutbox(),
    subscriptions: [
      {
        name: 'permissions.on-account-changed',
        newestPer: ({ accountId, revision }) => ({ key: accountId, version: revision }),
        async handle(batch: readonly { data: EventData<typeof AccountChanged> }[]) {
          if (batch.some(({ data }) => data.lastName === 'Bad')) throw new Error('bad');
          for (const { data } of batch) received.add(data.accountId);
        },
      },
    ],
  });
  const accounts = Array.from({ length: 300 }, (_, i) => anAccount(i));

  await directory.$transaction((tx) =>
    outbox.add(
      tx,
      AccountChanged,
      accounts.map((data) => ({ subject: data.accountId, data })),
      nextTraceparent(),
    ),
  );
  outbox.wake();

  await eventually(() => expect(received.size).toBe(299));
  await eventually(async () =>
    expect(await consumer.listDeadLetters(10)).toMatchObject([{ subject: accounts[7]?.accountId, attempts: 2 }]),
  );
  expect(await consumer.redriveDeadLetters([])).toBe(0);
  expect(await consumer.redriveDeadLetters()).toBe(1);
  expect(await consumer.readiness()).toEqual({ ready: true });
  await eventually(async () =>
    expect(await common.registry.metrics()).toContain('sandgate_outbox_rows{service="directory"} 0'),
  );
  await consumer.stop();
  await producer.stop();
  await Promise.all([directory.$disconnect(), permissions.$disconnect()]);
});

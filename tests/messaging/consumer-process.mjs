// A process that consumes sign-ins, to be killed by them. Its first name says what a sign-in does.
import { createOutbox, embeddedTransport, rabbitmqTransport, startMessaging } from '@sandgate/messaging';
import pg from 'pg';
import { pino } from 'pino';
import { Registry } from 'prom-client';

const { DATABASE_URL, TRANSPORT, SETTINGS } = process.env;
const log = pino({ level: 'warn' });
const pool = new pg.Pool({ connectionString: DATABASE_URL, max: 4 });

const client = (query) => {
  const run = (strings, values) =>
    query(
      strings.reduce((text, part, i) => `${text}$${i}${part}`),
      values,
    );
  return {
    $queryRaw: async (strings, ...values) => (await run(strings, values)).rows,
    $executeRaw: async (strings, ...values) => (await run(strings, values)).rowCount,
  };
};

const database = {
  ...client((text, values) => pool.query(text, values)),
  async $transaction(work) {
    const connection = await pool.connect();
    try {
      await connection.query('begin');
      const result = await work(client((text, values) => connection.query(text, values)));
      await connection.query('commit');
      return result;
    } catch (error) {
      await connection.query('rollback');
      throw error;
    } finally {
      connection.release();
    }
  },
  $disconnect: () => pool.end(),
};

const mayDieOf = async (firstName, accountId) => {
  if (firstName === 'Kills') process.kill(process.pid, 'SIGKILL');
  if (firstName !== 'Kills once') return;
  const { rowCount } = await pool.query(
    `insert into kept (consumer, thing, version) values ('killed by', $1, 1) on conflict do nothing`,
    [accountId],
  );
  if (rowCount === 1) process.kill(process.pid, 'SIGKILL');
};

const consumer = 'directory.on-user-logged-in';
const transport = { embeddedTransport, rabbitmqTransport }[TRANSPORT]({ ...JSON.parse(SETTINGS), log });
const messaging = startMessaging({
  service: 'directory',
  database,
  outbox: createOutbox(),
  transport,
  log,
  registry: new Registry(),
  subscriptions: [
    {
      name: consumer,
      newestPer: ({ accountId, claimsVersion }) => ({ key: accountId, version: claimsVersion }),
      async handle(batch, { tx }) {
        for (const { data } of batch) {
          await mayDieOf(data.firstName, data.accountId);
          await tx.$executeRaw`insert into kept (consumer, thing, version) values (${consumer}, ${data.accountId}, 1) on conflict do nothing`;
        }
      },
    },
  ],
});

process.on('SIGTERM', async () => {
  await messaging.stop();
  await transport.close();
  await pool.end();
});

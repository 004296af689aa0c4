// The least that applying events can be: what has arrived becomes one upsert and one commit, then one acknowledgement for all of it.
import process from 'node:process';
import { type ConsumeMessage, connect } from 'amqplib';
import pg from 'pg';
import { given } from './listen.js';

const pool = new pg.Pool({ connectionString: given('DATABASE_URL'), max: 1 });
const channel = await (await connect(given('AMQP_URL'))).createChannel();
process.once('SIGTERM', () => process.exit(0));

const largestBatch = 256;
const waiting: ConsumeMessage[] = [];
let working = false;

await channel.prefetch(2 * largestBatch);
await channel.consume(given('QUEUE'), (message) => {
  if (message !== null) waiting.push(message);
  if (!working) void work();
});

async function work(): Promise<void> {
  working = true;
  await new Promise(setImmediate);
  while (waiting.length > 0) {
    const batch = waiting.splice(0, largestBatch);
    const newest = new Map(
      batch
        .map(({ content }) => JSON.parse(content.toString()))
        .map((event) => [event.subject, JSON.stringify(event.data)]),
    );
    await pool.query({ name: 'upsert', text: statement, values: [[...newest.keys()], [...newest.values()]] });
    channel.ack(batch.at(-1) as ConsumeMessage, true);
  }
  working = false;
}

const statement = `
insert into public.applied (id, state)
select id, state from unnest($1::uuid[], $2::jsonb[]) as said (id, state) order by id
on conflict (id) do update set state = excluded.state`;

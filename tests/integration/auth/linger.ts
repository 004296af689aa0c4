import type { RunningAuth } from './running-auth.js';

/** Runs `work` while each row that is written at `moment`, such as `before insert on used_token`, takes its time, so that statements overlap. */
export async function whileWritesLinger<T>(auth: RunningAuth, moment: string, work: () => Promise<T>): Promise<T> {
  const table = moment.split(' ').at(-1);
  await auth.query(
    'create or replace function linger() returns trigger language plpgsql as $$ begin perform pg_sleep(0.5); return new; end $$',
  );
  await auth.query(`create trigger linger ${moment} for each row execute function linger()`);
  try {
    return await work();
  } finally {
    await auth.query(`drop trigger linger on ${table}`);
  }
}

/** How many statements of this database are inside such a write. */
export const countLingering = async (auth: RunningAuth): Promise<number> =>
  (await auth.query("select from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep'"))
    .length;

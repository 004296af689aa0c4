import { mock } from 'node:test';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { sqlStateOf } from '@sandgate/service-kit';
import { connect } from '../../services/directory/src/database.js';
import { Prisma } from '../../services/directory/src/generated/prisma/client.js';
import { eventually } from '../support/eventually.js';
import { freshDatabase, type MigratedDatabase } from '../support/postgres.js';

type Connected = ReturnType<typeof connect>;

let database: MigratedDatabase;
let connected: Connected;
beforeAll(async () => {
  database = await freshDatabase();
  connected = connect(database.urls.directory, { max: 4 });
});
afterAll(async () => {
  await connected.$disconnect();
  await database.drop();
});

const countOf = async (name: string): Promise<number> => {
  const [row] = await connected.$queryRaw<
    { count: number }[]
  >`select count(*)::integer as count from private_attribute where name = ${name}`;
  return row?.count ?? 0;
};

const add = (client: Pick<Connected, '$executeRaw'>, name: string) =>
  client.$executeRaw`insert into private_attribute (name) values (${name})`;

describe('a statement', () => {
  it('of a transaction is undone with it, and outside of it nobody sees it before', async () => {
    const undone = connected.$transaction(async (tx) => {
      expect(await add(tx, 'undone')).toBe(1);
      expect(await tx.$queryRaw`select name from private_attribute where name = 'undone'`).toHaveLength(1);
      expect(await countOf('undone')).toBe(0);
      throw new Error('take it back');
    });

    await expect(undone).rejects.toThrow('take it back');
    expect(await countOf('undone')).toBe(0);
  });

  it('gives and takes the same values in a transaction and by itself', async () => {
    const statement = (client: Pick<Connected, '$queryRaw'>) => {
      const nested = Prisma.sql`${['a', 'b,"c"']}::text[] as texts, ${[1, 2]}::integer[] as integers`;
      return client.$queryRaw`
        select ${'ü'} || 'x' as text, ${7}::integer as integer, ${1.5}::float8 as float, ${true}::boolean as boolean, ${null}::text as nothing,
          ${JSON.stringify({ a: [1, null] })}::jsonb as json, ${new Date(1_700_000_000_123)}::timestamptz as time,
          ${'00000000-0000-4000-8000-000000000001'}::uuid as id, ${nested}`;
    };

    const alone = await statement(connected);

    expect(alone).toEqual(await connected.$transaction((tx) => statement(tx)));
    expect(alone).toEqual([
      expect.objectContaining({
        integer: 7,
        json: { a: [1, null] },
        texts: ['a', 'b,"c"'],
        time: new Date(1_700_000_000_123),
      }),
    ]);
  });

  it('that PostgreSQL refuses says why, in a transaction and by itself', async () => {
    await add(connected, 'taken');

    const reasons = await Promise.all([
      add(connected, 'taken').then(undefined, sqlStateOf),
      connected.$transaction((tx) => add(tx, 'taken')).then(undefined, sqlStateOf),
    ]);

    expect(reasons).toEqual(['23505', '23505']);
    expect(await countOf('taken')).toBe(1);
  });
});

describe('a connection that nobody uses', () => {
  // jest's own would change the timers of this file alone, which the pool does not use.
  afterEach(() => mock.timers.reset());

  it('keeps its plans for five minutes, and then goes', async () => {
    const one = connect(database.urls.directory, { max: 1 });
    const processOf = async (): Promise<number | undefined> =>
      (await one.$queryRaw<{ pid: number }[]>`select pg_backend_pid() as pid`)[0]?.pid;
    const isThere = async (pid: number | undefined): Promise<boolean> =>
      (await connected.$queryRaw<unknown[]>`select from pg_stat_activity where pid = ${pid}::integer`).length > 0;
    mock.timers.enable({ apis: ['setTimeout'] });

    const first = await processOf();
    mock.timers.tick(299_000);
    expect(await processOf()).toBe(first);
    mock.timers.tick(301_000);

    mock.timers.reset();
    await eventually(async () => expect(await isThere(first)).toBe(false));
    expect(await processOf()).not.toBe(first);
    await one.$disconnect();
  });
});

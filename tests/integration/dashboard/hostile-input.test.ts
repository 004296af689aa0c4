import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { freshDatabase, type MigratedDatabase } from '../../support/postgres.js';
import { createSource, type TestSource } from './support/data-source.js';
import { type RunningDashboard, startDashboard, unrestricted } from './support/start-dashboard.js';

/** Text that has broken quoting, encoding, patterns or markup somewhere. */
const naughty = [
  "' or '1'='1",
  "'; drop table notes; --",
  '" or ""="',
  '"; drop table notes; --',
  '\\',
  "\\'; select 1 --",
  '%',
  '_%',
  '$1',
  '$$; select 1 $$',
  '{a,b}',
  '{"a","NULL"}',
  'NULL',
  'null',
  '',
  ' ',
  'a\nb\r\tc',
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  '{{7*7}}${7*7}',
  '\u00e4',
  'a\u0308',
  'İi',
  'ﬁ',
  '田中さん',
  '😀👩‍👩‍👧‍👦',
  '\u202egnp\u202c',
  '\ufeff',
  'a'.repeat(1000),
  '0x1F',
  '1e9',
  '-0',
  '..',
  '.',
  '/etc/passwd',
  '__proto__',
  'constructor',
  'public.notes',
];

/** PostgreSQL takes 63 bytes of anything but NUL as a name. */
const asName = (text: string): string => {
  let name = text === '' ? 'empty' : text;
  while (Buffer.byteLength(name) > 60) name = name.slice(0, -1);
  return name;
};
const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;
const names = [...new Set(naughty.map(asName))];
const literal = (text: string): string =>
  `U&'${[...text].map((sign) => `\\+${(sign.codePointAt(0) as number).toString(16).padStart(6, '0')}`).join('')}'`;

let database: MigratedDatabase;
let source: TestSource;
let dashboard: RunningDashboard;

beforeAll(async () => {
  const tables = names.map(
    (name, index) =>
      `create table ${quoted(`${name}#`)} (${quoted(name)} integer, "other" text); insert into ${quoted(`${name}#`)} values (${index}, 'x');`,
  );
  [database, source] = await Promise.all([
    freshDatabase(),
    createSource(`
      create table notes (id integer primary key, body text);
      insert into notes values ${naughty.map((text, index) => `(${index}, ${literal(text)})`).join(', ')};
      create table wide (${names.map((name) => `${quoted(name)} text default 'w'`).join(', ')});
      insert into wide default values;
      ${tables.join('\n')}`),
  ]);
  dashboard = await startDashboard({ database, sources: [source.setting], standIn: { decide: () => unrestricted } });
});

afterAll(async () => {
  await dashboard.stop();
  await Promise.all([database.drop(), source.drop()]);
});

const query = async (
  table: string,
  wanted: Record<string, unknown>,
): Promise<{ status: number; rows?: unknown[][]; code?: string }> => {
  const { status, body } = await dashboard.post(
    '/api/query',
    { tableId: await dashboard.idOf(table), ...wanted },
    '1.1',
  );
  return { status, ...body };
};

describe('a value is only ever a value (A-58)', () => {
  test.each(naughty.map((text, index) => [text, index] as const))('%j', async (text, index) => {
    const equal = await query('notes', {
      columns: ['id', 'body'],
      filter: { column: 'body', operator: '=', value: text },
    });
    const listed = await query('notes', {
      columns: ['id'],
      filter: { column: 'body', operator: 'in', value: [text, 'nothing like it'] },
    });
    const prefix =
      text === ''
        ? undefined
        : await query('notes', { columns: ['body'], filter: { column: 'body', operator: 'prefix', value: text } });

    expect(equal.rows).toEqual([[index, text]]);
    expect(listed.rows).toEqual([[index]]);
    if (prefix)
      expect(prefix.rows?.map(([body]) => body).sort()).toEqual(naughty.filter((one) => one.startsWith(text)).sort());
  });

  test('what PostgreSQL cannot store is refused, and nothing breaks', async () => {
    for (const value of ['a\u0000b', '\ud800', ['fine', '\u0000']]) {
      expect(await query('notes', { filter: { column: 'body', operator: '=', value } })).toMatchObject({
        status: 400,
        code: 'request.invalid',
      });
    }
  });

  test('limits and offsets are numbers or nothing', async () => {
    const path = `/api/tables/${await dashboard.idOf('notes')}/rows`;
    for (const parameters of [
      'limit=1;drop',
      'limit=1%20or%201',
      'offset=-1',
      'limit=1e3',
      'limit=0x10',
      'limit=',
      'limit=2001',
      'limit=1&limit=2',
      'order=id',
    ]) {
      expect((await dashboard.get(`${path}?${parameters}`, '1.1')).status).toBe(400);
    }
    for (const id of ['1;drop', '0x1', '-1', '1e1', '%27', '99999999999']) {
      expect([400, 404]).toContain((await dashboard.get(`/api/tables/${id}/rows`, '1.1')).status);
    }
  });
});

test.each([20, 101, 2_000, 30_000])(
  'a filter that is nested %i levels deep is refused, and nothing breaks',
  async (depth) => {
    const body = `{"tableId":${await dashboard.idOf('notes')},"filter":${'{"not":'.repeat(depth)}{"column":"id","operator":"is null"}${'}'.repeat(depth)}}`;
    const { status } = await dashboard.post('/api/query', body, '1.1');

    expect(status).toBe(400);
  },
);

describe('a name is only ever a name (A-58)', () => {
  test.each(names)('%j', async (name) => {
    const index = names.indexOf(name);
    const answers = await Promise.all([
      query(`${name}#`, {}),
      query(`${name}#`, {
        columns: [name],
        filter: { column: name, operator: '=', value: index },
        orderBy: [{ column: name, direction: 'desc' }],
      }),
      query(`${name}#`, { groupBy: [name], aggregations: [{ function: 'max', column: name, as: 'largest' }] }),
      query('wide', { columns: [name], filter: { column: name, operator: 'prefix', value: 'w' } }),
    ]);

    expect(answers.map(({ rows }) => rows)).toEqual([[[index, 'x']], [[index]], [[index, index]], [['w']]]);
  });

  test.each(naughty.filter((text) => !names.includes(text) || text === ''))(
    '%j as a column that is not there is refused',
    async (text) => {
      const column = text.slice(0, 63) || ' ';
      expect(await query('notes', { columns: ['id'], orderBy: [{ column }] })).toMatchObject({
        status: 400,
        code: 'dashboard.query_invalid',
      });
      expect(await query('notes', { filter: { column, operator: 'is null' } })).toMatchObject({
        status: 400,
        code: 'dashboard.query_invalid',
      });
    },
  );

  test('every table is still there, with its rows', async () => {
    expect((await dashboard.get('/api/tables?limit=2000', '1.1')).body.total).toBe(names.length + 2);
    expect((await query('notes', { aggregations: [{ function: 'count', as: 'n' }] })).rows).toEqual([[naughty.length]]);
  });
});

describe('on a page every name and value is text (A-43)', () => {
  const allowedTags =
    /<\/?(html|head|meta|title|link|script|body|header|a|img|span|button|main|nav|div|h1|h2|h3|section|table|thead|tbody|tr|th|td|small|p|ul|li|strong|code)\b/g;

  test('of a table with every naughty value', async () => {
    const { status, text } = await dashboard.get('/tables/shop-data/public/notes', '1.1');

    expect(status).toBe(200);
    expect(text).not.toMatch(/<script>|<img src=x|onerror=alert\(1\)>/);
    expect(text.match(/</g)?.length).toBe((text.match(allowedTags)?.length ?? 0) + 1);
    expect(text).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
  });

  test.each(names)('of a table called %j, which its link leads to', async (name) => {
    const list = await dashboard.get('/', '1.1');
    const encoded = encodeURIComponent(`${name}#`).replaceAll("'", '&#39;');
    expect(list.text).toContain(`href="/tables/shop-data/public/${encoded}"`);

    const { status, text } = await dashboard.get(`/tables/shop-data/public/${encodeURIComponent(`${name}#`)}`, '1.1');

    expect(status).toBe(200);
    expect(text).toContain('1–1 of 1 row');
    expect(text.match(/</g)?.length).toBe((text.match(allowedTags)?.length ?? 0) + 1);
  });
});

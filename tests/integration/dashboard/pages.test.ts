import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { Failure } from '@sandgate/contracts';
import { freshDatabase, type MigratedDatabase } from '../../support/postgres.js';
import { createSource, type TestSource } from './support/data-source.js';
import {
  accountNumberOf,
  denied,
  type RunningDashboard,
  type StandIn,
  sandboxedBy,
  startDashboard,
  unrestricted,
} from './support/start-dashboard.js';

const schema = `
  create table invoices (id integer primary key, account_id integer, note text, paid_at timestamptz);
  insert into invoices select n, n % 2 + 1, case when n % 3 = 0 then 'note ' || n end, '2026-01-31T09:30:00Z' from generate_series(1, 240) as n;
  create table everything (id integer primary key);
  insert into everything select generate_series(1, 12000);
  create schema "Back Office";
  create table "Back Office"."Staff List" (id integer primary key);
  create table empty (id integer primary key)`;

let database: MigratedDatabase;
let source: TestSource;
let dashboard: RunningDashboard;

/** Persons 1 and 2 see invoices of their account, 3 has none, 4 lacks the attribute; each sees all the other tables. */
const usual: StandIn = {
  singleSignOn: false,
  passwordSignIn: true,
  before: () => undefined,
  decide: (person, table) => {
    const number = accountNumberOf(person);
    if (number === 5) return denied('permissions.table_denied');
    if (table !== 'invoices') return unrestricted;
    return number === 4
      ? denied('permissions.attribute_missing', { attributes: ['account_id'], columns: ['account_id'] })
      : sandboxedBy('account_id', [number]);
  },
};
const standIn: StandIn = { ...usual };

beforeAll(async () => {
  [database, source] = await Promise.all([freshDatabase(), createSource(schema, 'Shop “Données” 1')]);
  await source.sql(
    `grant usage on schema "Back Office" to ${source.reader}; grant select on all tables in schema "Back Office" to ${source.reader}`,
  );
  dashboard = await startDashboard({ database, sources: [source.setting], standIn });
});

afterEach(() => void Object.assign(standIn, usual));

afterAll(async () => {
  await dashboard.stop();
  await Promise.all([database.drop(), source.drop()]);
});

const path = '/tables/shop-donn%C3%A9es-1/public/invoices';
const linksOf = (text: string): string[] =>
  [...text.matchAll(/href="([^"]*)"/g)]
    .map(([, link]) => link as string)
    .filter((link) => !link.startsWith('/assets/'));
const cellsOf = (text: string): string[] => [...text.matchAll(/<td[^>]*>([^<]*)</g)].map(([, cell]) => cell as string);

describe('the start page', () => {
  test('lists what the person may see, by database and schema, with a link to each', async () => {
    const { status, text } = await dashboard.get('/', '1.1');

    expect(status).toBe(200);
    expect(text).toContain('<h2>Shop “Données” 1</h2>');
    expect([...text.matchAll(/<h3>(.*?)<\/h3>/g)].map(([, name]) => name)).toEqual(['Back Office', 'public']);
    expect(linksOf(text).slice(1)).toEqual([
      '/tables/shop-donn%C3%A9es-1/Back%20Office/Staff%20List',
      '/tables/shop-donn%C3%A9es-1/public/empty',
      '/tables/shop-donn%C3%A9es-1/public/everything',
      path,
    ]);
  });

  test('leaves out what is denied, and says so when that is all', async () => {
    expect((await dashboard.get('/', '4.1')).text).not.toContain('invoices');
    expect((await dashboard.get('/', '5.1')).text).toContain('Nothing to see yet');
  });
});

describe('the page of a table', () => {
  test('shows the first rows, how many there are, and that they are the person’s own', async () => {
    const { status, text } = await dashboard.get(path, '1.1');

    expect(status).toBe(200);
    expect(text).toContain('1–50 of 120 rows');
    expect(text).toContain('Only your rows');
    expect(text.match(/<tr>/g)).toHaveLength(51);
    expect(cellsOf(text).slice(0, 8)).toEqual([
      '2',
      '1',
      '–',
      '2026-01-31 09:30:00 UTC',
      '4',
      '1',
      '–',
      '2026-01-31 09:30:00 UTC',
    ]);
    expect(linksOf(text)).toContain(`${path}?offset=50`);
    expect(text).not.toContain('Previous');
  });

  test('leads on and back, to the end', async () => {
    const second = await dashboard.get(`${path}?offset=50`, '1.1');
    const third = await dashboard.get(`${path}?offset=100`, '1.1');

    expect(second.text).toContain('51–100 of 120 rows');
    expect(linksOf(second.text)).toEqual(expect.arrayContaining([path, `${path}?offset=100`]));
    expect(third.text).toContain('101–120 of 120 rows');
    expect(third.text).not.toContain('Next');
  });

  test('is the same by its id', async () => {
    const { text } = await dashboard.get(`/tables/${await dashboard.idOf('invoices')}`, '1.1');

    expect(cellsOf(text)).toEqual(cellsOf((await dashboard.get(path, '1.1')).text));
  });

  test('of all rows has no hint, and does not count for ever', async () => {
    const { text } = await dashboard.get('/tables/shop-donn%C3%A9es-1/public/everything', '1.1');

    expect(text).not.toContain('Only your rows');
    expect(text).toContain('1–50 of more than 10,000 rows');
  });

  test('without rows says whose are missing', async () => {
    expect((await dashboard.get(path, '3.1')).text).toContain('No row of this table is yours.');
    expect((await dashboard.get('/tables/shop-donn%C3%A9es-1/public/empty', '1.1')).text).toContain(
      'This table has no rows.',
    );
    expect((await dashboard.get(`${path}?offset=500`, '1.1')).text).toContain('The rows end before this page.');
  });

  test.each(['x', '-1', '1e2', '99999999999', '', '0x10'])(
    'takes an offset of %j for the first page',
    async (offset) => {
      expect((await dashboard.get(`${path}?offset=${offset}`, '1.1')).text).toContain('1–50 of 120 rows');
    },
  );

  test('whose rule cannot be resolved says which attribute is missing, and shows nothing', async () => {
    const { status, text } = await dashboard.get(path, '4.1');

    expect(status).toBe(403);
    expect(text).toContain('<code>permissions.attribute_missing</code>');
    expect(text).toContain('<code>account_id</code>');
    expect(text).not.toContain('<td');
  });

  test('that is denied says why', async () => {
    const { status, text } = await dashboard.get(path, '5.1');

    expect(status).toBe(403);
    expect(text).toContain('<code>permissions.table_denied</code>');
  });

  test('tries again by itself while the sign-in has not arrived', async () => {
    standIn.before = ({ name }) => {
      if (name === 'permissions.decide') throw new Failure('permissions.not_yet_applied');
    };
    const { status, headers, text } = await dashboard.get(path, '1.1');

    expect({ status, retryAfter: headers.get('retry-after') }).toEqual({ status: 503, retryAfter: '1' });
    expect(text).toContain('<meta http-equiv="refresh" content="1">');
    expect(text).not.toContain('<td');
  });

  test('that does not exist is not found', async () => {
    for (const missing of [
      '/tables/shop/public/invoices',
      '/tables/shop-donn%C3%A9es-1/public/Invoices',
      '/tables/0',
      '/tables/x',
      '/tables/1e1',
    ]) {
      expect((await dashboard.get(missing, '1.1')).status).toBe(404);
    }
    for (const missing of ['/question/1-superb-question', '/dashboard/1', '/tables', '/nothing']) {
      const { status, text } = await dashboard.get(missing, '1.1');
      expect(status).toBe(404);
      expect(text).toContain('<!doctype html>');
    }
  });
});

describe('what an embedding application leaves out', () => {
  test('stays out on every page that a link leads to', async () => {
    const seen = new Set<string>();
    const queue = ['/?top_nav=false&logo=false'];
    for (let address = queue.shift(); address !== undefined; address = queue.shift()) {
      if (seen.has(address)) continue;
      seen.add(address);
      const { text } = await dashboard.get(address, '1.1');
      expect(text).not.toContain('Sign out');
      expect(text).not.toContain('class="brand"');
      queue.push(...linksOf(text).map((link) => link.replaceAll('&amp;', '&')));
    }

    expect(seen.size).toBeGreaterThan(8);
    for (const address of seen) expect(address).toMatch(/top_nav=false&logo=false$/);
  });

  test('may be the logo alone', async () => {
    const { text } = await dashboard.get('/?logo=false', '1.1');

    expect(text).toContain('Sign out');
    expect(text).not.toContain('<img');
  });
});

describe('what an embedding application leaves out of a table', () => {
  test.each([
    ['header', /<h1>|Only your rows|data-row-count/, /class="path"/],
    ['breadcrumbs', /class="path"/, /<h1>/],
  ])('may be its %s', async (name, leftOut, kept) => {
    const { text } = await dashboard.get(`${path}?${name}=false`, '1.1');

    expect(text).not.toMatch(leftOut);
    expect(text).toMatch(kept);
    expect(text).toContain('<th scope="col"');
  });

  test('is handed on with every other wish, and nothing else is', async () => {
    const { text } = await dashboard.get(`${path}?side_nav=false&locale=de&header=false&x=y`, '1.1');

    for (const link of linksOf(text).filter((one) => one.includes('offset=')))
      expect(link).toMatch(/offset=50&amp;side_nav=false&amp;header=false&amp;locale=de$/);
    expect(linksOf(text).some((one) => one.includes('offset='))).toBe(true);
  });
});

describe('without a session', () => {
  test.each([path, `${path}?offset=50&top_nav=false`, '/', '/tables/1'])(
    '%s leads to sign in, and back',
    async (address) => {
      const withPassword = await dashboard.get(address);
      standIn.singleSignOn = true;
      const withProvider = await dashboard.get(address);

      expect([withPassword.status, withProvider.status]).toEqual([302, 302]);
      expect(withPassword.headers.get('location')).toBe(`/login?return_to=${encodeURIComponent(address)}`);
      expect(withProvider.headers.get('location')).toBe(`/auth/sso?return_to=${encodeURIComponent(address)}`);
    },
  );

  test('the API answers 401', async () => {
    for (const address of ['/api/tables', '/api/tables/1/rows'])
      expect((await dashboard.get(address)).status).toBe(401);
    expect((await dashboard.post('/api/query', { tableId: 1 })).status).toBe(401);
  });

  test('style, script, logo and the API document are there', async () => {
    for (const [asset, type] of [
      ['sandgate.css', 'text/css'],
      ['sandgate.js', 'text/javascript'],
      ['sandgate.svg', 'image/svg+xml'],
    ]) {
      const { status, headers } = await dashboard.get(`/assets/${asset}`);
      expect({ status, type: headers.get('content-type') }).toEqual({ status: 200, type: `${type}; charset=utf-8` });
      expect(headers.get('cache-control')).toMatch(/^public, max-age=/);
    }
    expect((await dashboard.get('/assets/..%2Fpackage.json')).status).toBe(404);
    expect((await dashboard.get('/api/openapi.json')).body).toMatchObject({
      openapi: '3.1.0',
      paths: { '/api/query': { post: {} }, '/auth/sso': { get: {} } },
    });
  });
});

describe('the arrival page', () => {
  const arrive = (returnTo: string, { again = '', session = undefined as string | undefined } = {}) =>
    dashboard.get(`/auth/arrived?${again}return_to=${encodeURIComponent(returnTo)}`, session);
  const refreshOf = (text: string) => /http-equiv="refresh" content="([^"]*)"/.exec(text)?.[1];

  test('asks for itself again without a cookie, as it is another site that has led there', async () => {
    const { status, text } = await arrive('/tables/1?logo=false&offset=50');

    expect(status).toBe(200);
    expect(refreshOf(text)).toBe('0;url=/auth/arrived?again&amp;return_to=%2Ftables%2F1%3Flogo%3Dfalse%26offset%3D50');
  });

  test('says that the cookie does not come along, where it does not the second time either', async () => {
    const { status, text } = await arrive('/tables/1', { again: 'again&' });

    expect(status).toBe(400);
    expect(text).toContain('auth.cookie_blocked');
  });

  test('goes on with a cookie', async () => {
    for (const again of ['', 'again&']) {
      const { status, headers } = await arrive('/tables/1?logo=false', { again, session: '1.1' });
      expect([status, headers.get('location')]).toEqual([302, '/tables/1?logo=false']);
    }
  });

  test('A-43: shows an address as text', async () => {
    expect(refreshOf((await arrive(`/"'><script>`)).text)).toBe(
      '0;url=/auth/arrived?again&amp;return_to=%2F%2522%27%253E%253Cscript%253E'.replace('%27', '&#39;'),
    );
  });

  test.each(['//evil.example', 'https://evil.example/', '/\\evil.example'])(
    'A-41: does not go on to %s',
    async (returnTo) => {
      for (const session of [undefined, '1.1']) expect((await arrive(returnTo, { session })).status).toBe(400);
    },
  );
});

test('the sign-out page asks first, except in a frame of the host application', async () => {
  const { status, text, headers } = await dashboard.get('/auth/logout');

  expect(status).toBe(200);
  expect(text).toContain('<button type="button" data-sign-out data-by-itself-in-a-frame>');
  expect(headers.get('content-security-policy')).toContain("frame-ancestors 'self'");
});

describe('the sign-in page', () => {
  const returnTo = async (value: string): Promise<{ status: number; target: string | undefined }> => {
    const { status, text } = await dashboard.get(`/login?return_to=${encodeURIComponent(value)}`);
    return { status, target: /data-return-to="([^"]*)"/.exec(text)?.[1]?.replaceAll('&amp;', '&') };
  };

  test.each(['/', `${path}?offset=50&logo=false`, '/question/1-superb-question', 'http://dashboards.example/tables/1'])(
    'leads back to %s',
    async (value) => {
      const expected = value.replace('http://dashboards.example', '');

      expect(await returnTo(value)).toEqual({ status: 200, target: expected });
    },
  );

  test.each([
    'https://evil.example/',
    '//evil.example',
    '/\\evil.example',
    '\\\\evil.example',
    '/\t/evil.example',
    'javascript:alert(1)',
    'http://dashboards.example@evil.example/',
    'http://dashboards.example.evil.example/',
    '/..//evil.example',
    '/.//evil.example',
    '/a/..//evil.example',
    '/%2e%2e//evil.example',
    '/x\r\nset-cookie: a=b',
  ])('refuses to lead to %j (A-41, A-42, A-43)', async (value) => {
    expect(await returnTo(value)).toEqual({ status: 400, target: undefined });
  });

  test('does not lead in a circle (A-44)', async () => {
    for (const value of ['/login', '/login?return_to=%2Flogin', '/auth/sso', '/auth/sso/?return_to=%2F', ''])
      expect(await returnTo(value)).toEqual({ status: 200, target: '/' });
  });

  test('says where to go when passwords are turned off, and asks for none', async () => {
    standIn.passwordSignIn = false;
    const { text } = await dashboard.get('/login');
    expect(text).toContain('turned off');
    expect(text).not.toContain('type="password"');
    expect(text).toContain('in the application that leads to these dashboards');

    standIn.singleSignOn = true;
    expect((await dashboard.get('/login')).text).toContain('href="/auth/sso?return_to=%2F"');
  });

  test('offers single sign-on where there is a provider', async () => {
    expect((await dashboard.get('/login')).text).not.toContain('/auth/sso');
    standIn.singleSignOn = true;
    expect((await dashboard.get('/login?return_to=%2Ftables%2F1')).text).toContain(
      'href="/auth/sso?return_to=%2Ftables%2F1"',
    );
  });
});

describe('the page to set a password', () => {
  test('is for anybody, says what keeps it from working, and has nothing of a token in it', async () => {
    const { status, text, headers } = await dashboard.get('/reset-password?token=very-secret-token');

    expect(status).toBe(200);
    expect(text).toContain('autocomplete="new-password"');
    expect(text).not.toContain('very-secret-token');
    expect(text).toMatch(/<noscript>.*needs JavaScript/);
    expect(text).toMatch(/data-incomplete hidden>This link is not complete/);
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(dashboard.log()).not.toContain('very-secret-token');
  });
});

test('A-22: an API key opens no page, nor does a session that comes as one', async () => {
  for (const headers of [{ 'x-api-key': '1.1' }, { authorization: 'Bearer sgk_1.1' }]) {
    const response = await fetch(`${dashboard.url}/`, { redirect: 'manual', headers });
    expect([response.status, response.headers.get('location')]).toEqual([302, '/login?return_to=%2F']);
  }
});

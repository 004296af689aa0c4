import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { connect } from 'amqplib';
import { eventually } from '../support/eventually.js';
import { startPostgres } from '../support/postgres-server.js';
import { beginSystem, type StartedSystem, startSystem } from '../support/system.js';
import { openVirtualHost } from '../support/virtual-host.js';

const admin = { SANDGATE_ADMIN_EMAIL: 'olga@operator.example', SANDGATE_ADMIN_PASSWORD: 'a password for the tests' };
const cleanUp: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step();
}, 60_000);

const makeHome = (): Promise<string> => mkdtemp(join(tmpdir(), 'sandgate-'));
const removeHome = (folder: string): Promise<void> => rm(folder, { recursive: true, force: true });

async function start(env: Record<string, string>): Promise<StartedSystem> {
  const system = await startSystem({ ...admin, ...env });
  cleanUp.push(() => system.stop());
  return system;
}

async function signIn(system: StartedSystem): Promise<Record<string, string>> {
  const response = await fetch(`${system.siteUrl}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username: admin.SANDGATE_ADMIN_EMAIL, password: admin.SANDGATE_ADMIN_PASSWORD }),
  });
  const { id } = (await response.json()) as { id: string };
  return { authorization: `Bearer ${id}` };
}

const list = async (system: StartedSystem, path: string): Promise<{ total: number }> => {
  const response = await fetch(system.siteUrl + path, { headers: await signIn(system) });
  expect(response.status).toBe(200);
  return (await response.json()) as { total: number };
};

const postmasterFile = (folder: string): string => join(folder, 'postgres', 'postmaster.pid');

/** As the terminal and npm do, which both send it. */
const signalUntilExited = (system: StartedSystem): Promise<void> =>
  eventually(
    () => {
      system.signal('SIGINT');
      expect(system.hasExited()).toBe(true);
    },
    { timeoutMs: 60_000 },
  );

describe('npm start, with the data of one home', () => {
  let home: string;
  let system: StartedSystem;
  beforeAll(async () => {
    home = await makeHome();
    system = await startSystem({ ...admin, SANDGATE_HOME: home });
  }, 300_000);
  afterAll(async () => {
    await system?.stop();
    await removeHome(home);
  }, 60_000);

  test('prints the addresses and the sign-in data, and the log has none of it', async () => {
    for (const shown of [system.siteUrl, 'http://localhost:', admin.SANDGATE_ADMIN_EMAIL, 'ada@acme.example']) {
      await eventually(() => expect(system.output()).toContain(shown));
    }
    expect(system.output()).not.toContain(admin.SANDGATE_ADMIN_PASSWORD);
    await signIn(system);
    const log = await readFile(join(home, 'sandgate.log'), 'utf8');
    for (const secret of ['@operator.example', '@acme.example', admin.SANDGATE_ADMIN_PASSWORD])
      expect(log).not.toContain(secret);
    expect(log).not.toContain('"level":50');
  });

  test('is refused with a sentence while another one runs on it', async () => {
    await expect(startSystem({ ...admin, SANDGATE_HOME: home })).rejects.toThrow(/already running on/);
  });

  test('keeps what was changed, also when it is killed', async () => {
    const headers = { ...(await signIn(system)), 'content-type': 'application/json' };
    const made = await fetch(`${system.siteUrl}/api/groups`, { method: 'POST', headers, body: '{"name":"Kept"}' });
    expect(made.status).toBe(201);

    system.signal('SIGKILL');
    await system.exited;
    system = await startSystem({ ...admin, SANDGATE_HOME: home });

    // All Users, Administrators, two customers, and the one that was made.
    expect((await list(system, '/api/groups')).total).toBe(5);
    expect((await list(system, '/api/tables')).total).toBe(6);
  });

  test('stops by itself on Ctrl-C, however often it comes, and leaves no PostgreSQL behind', async () => {
    await signalUntilExited(system);

    expect(await system.exited).toBe('code 0');
    expect(existsSync(postmasterFile(home))).toBe(false);
  });
});

describe('npm start', () => {
  test('stops on Ctrl-C before it is ready as well, and the next start finds nothing left behind', async () => {
    const folder = await makeHome();
    cleanUp.push(() => removeHome(folder));
    const system = await beginSystem({ ...admin, SANDGATE_HOME: folder });
    cleanUp.push(() => system.stop());
    await eventually(() => expect(existsSync(postmasterFile(folder))).toBe(true), { timeoutMs: 120_000, everyMs: 5 });
    expect(existsSync(join(folder, 'demo.json'))).toBe(false);

    await signalUntilExited(system);

    expect(system.output()).not.toContain(admin.SANDGATE_ADMIN_EMAIL);
    expect(await system.exited).toBe('code 0');
    expect(existsSync(postmasterFile(folder))).toBe(false);
    await start({ SANDGATE_HOME: folder });
    expect(await readFile(join(folder, 'sandgate.log'), 'utf8')).not.toContain('had left behind');
  });

  test('without the demonstration there is no sample database, no host application and no provider', async () => {
    const system = await start({ SANDGATE_DEMO: 'false' });

    expect((await list(system, '/api/tables')).total).toBe(0);
    expect((await list(system, '/api/groups')).total).toBe(2);
    expect(system.output()).not.toContain('ada@acme.example');
    const page = await fetch(`${system.siteUrl}/`, { redirect: 'manual' });
    expect(page.headers.get('location')).toBe('/login?return_to=%2F');
    expect((await fetch(`${system.siteUrl}/auth/sso`, { redirect: 'manual' })).status).toBe(400);
  });

  test('uses a PostgreSQL and a RabbitMQ of one’s own where they are given', async () => {
    const postgres = await startPostgres();
    cleanUp.push(() => postgres.dispose());
    const broker = await openVirtualHost();
    cleanUp.push(() => broker.drop());

    const system = await start({ DATABASE_URL: postgres.adminUrl, AMQP_URL: broker.url });

    expect((await list(system, '/api/tables')).total).toBe(6);
    const connection = await connect(broker.url);
    cleanUp.push(() => connection.close());
    const channel = await connection.createChannel();
    const queue = await channel.checkQueue('sandgate.permissions.on-account-changed');
    expect(queue.consumerCount).toBe(1);
    await expect(readFile(join(system.home, 'postgres', 'postmaster.pid'))).rejects.toThrow(/ENOENT/);
  });

  test('a weak secret or a misspelt setting stops it, with every fault', async () => {
    const failed = startSystem({
      SANDGATE_JWT_SHARED_SECRET: 'secret',
      SANDGATE_DEM0: 'false',
      SANDGATE_SITE_URL: 'nowhere',
    });

    const message = await failed.then(
      () => '',
      (error: Error) => error.message,
    );
    for (const name of ['SANDGATE_JWT_SHARED_SECRET', 'SANDGATE_DEM0', 'SANDGATE_SITE_URL'])
      expect(message).toContain(name);
  });
});

import { createHash, randomUUID } from 'node:crypto';
import { eventually, freePort } from '@sandgate/tests';
import { oneByOne, runClosedLoop } from '../client/closed-loop.js';
import { emailOf, type Person, signInRequest, signInRequests, signToken } from '../client/tokens.js';
import { type Figure, perSecond, ratioOf } from '../figure.js';
import type { Closing } from '../stage/closing.js';
import { startBareServer } from '../stage/processes.js';
import { ProcessorMeter } from '../stage/processor-time.js';
import type { Stage } from '../stage/stage.js';
import { jwtSharedSecret, System } from '../stage/system.js';
import { compare, median } from '../statistics.js';

const accounts = 10_000;
const connections = 64;
const rounds = 5;
const bar = 0.25;
const refusalBar = 0.5;

const person = (number: number): Person => ({ number, attributes: { account_id: number % 1000 } });

/** Sign-ins of existing accounts with unchanged claims; refusals of bad tokens. auth in its own process, with its relay publishing. */
export async function measureSignIns(stage: Stage, closing: Closing): Promise<Figure[]> {
  const system = await System.prepare(stage, closing);
  await system.start('auth', closing);
  await makeAccounts(system);
  const barePort = await startBare(system, closing);

  const requests = (count: number) =>
    oneByOne(signInRequests(jwtSharedSecret, count, (index) => person(index % accounts)));
  const signIn = (port: number, count: number) =>
    runClosedLoop({ port, connections, expected: 302, next: requests(count), maxSeconds: 10 });
  const meters = { ours: new ProcessorMeter(), bare: new ProcessorMeter() };
  const ours = async (): Promise<number> => {
    const rate = await meters.ours.measure(async () => {
      const { perSecond: result, answered: units } = await signIn(system.ports.auth, 20_000);
      await untilPublished(system);
      return { result, units };
    });
    await system.broker.purge();
    return rate;
  };
  const bare = async (): Promise<number> => {
    const rate = await meters.bare.measure(async () => {
      const { perSecond: result, answered: units } = await signIn(barePort, 40_000);
      return { result, units };
    });
    await system.database.query('truncate bare.outbox');
    return rate;
  };
  const accepted = await compare(rounds, ours, bare);
  const refusals = new ProcessorMeter();
  const refused = await measureRefusals(system.ports.auth, barePort, refusals);
  const refusalCost = accepted.ours / refused.ours;
  return [
    {
      what: `durable sign-ins on \`/auth/sso\`, ${accounts} existing accounts, ${connections} connections, relay publishing`,
      measured: perSecond(accepted.ours),
      bare: perSecond(accepted.bare),
      ratio: ratioOf(accepted.ratio),
      bar: String(bar),
      met: accepted.ratio >= bar,
    },
    ...meters.ours.figure('processor time of a sign-in, until its event is published'),
    ...meters.bare.figure('processor time of a sign-in at the bare server'),
    {
      what: 'refusals of a token with a wrong signature',
      measured: perSecond(refused.ours),
      bare: perSecond(refused.bare),
      ratio: ratioOf(refused.ratio),
    },
    ...refusals.figure('processor time of a refusal'),
    {
      what: 'cost of such a refusal against a sign-in',
      measured: perSecond(refused.ours),
      bare: `${perSecond(accepted.ours)} (accepted)`,
      ratio: `cost × ${ratioOf(refusalCost)}`,
      bar: `× ${refusalBar}`,
      met: refusalCost < refusalBar,
    },
  ];
}

async function measureRefusals(port: number, barePort: number, meter: ProcessorMeter) {
  const refuse = async (at: number, count: number) => {
    const next = oneByOne(
      signInRequests('a secret that nobody has told the server', count, (index) => person(index % accounts)),
    );
    const loop = { port: at, connections, expected: 401, next, maxSeconds: 10 };
    const { perSecond: result, answered: units } = await runClosedLoop(loop);
    return { result, units };
  };
  return compare(
    3,
    () => meter.measure(() => refuse(port, 15_000)),
    async () => (await refuse(barePort, 40_000)).result,
  );
}

/** What the three services together keep up with, over whatever time they need. */
export async function measurePipeline(stage: Stage, closing: Closing): Promise<Figure[]> {
  const system = await System.prepare(stage, closing);
  for (const service of ['auth', 'directory', 'permissions'] as const) await system.start(service, closing);
  await makeAccounts(system);
  let visit = 0;
  const changed = (number: number): Person => ({ number, attributes: { account_id: number % 1000, visit } });
  const sustain = async (personOf: (number: number) => Person): Promise<number> => {
    visit += 1;
    const count = 15_000;
    const next = oneByOne(signInRequests(jwtSharedSecret, count, (index) => personOf(index % accounts)));
    const start = performance.now();
    await runClosedLoop({ port: system.ports.auth, connections, expected: 302, next, maxSeconds: 30 });
    await untilAllIsApplied(system);
    return (count * 1000) / (performance.now() - start);
  };
  const rates = { unchanged: [] as number[], changed: [] as number[] };
  for (let round = 0; round <= 3; round += 1) {
    rates.unchanged.push(await sustain(person));
    rates.changed.push(await sustain(changed));
  }
  const figure = (what: string, measured: readonly number[]): Figure => ({
    what,
    measured: perSecond(median(measured.slice(1))),
  });
  return [
    figure(
      'sign-ins that auth, directory and permissions sustain, claims unchanged, until the last is applied',
      rates.unchanged,
    ),
    figure('the same, each with changed claims', rates.changed),
  ];
}

/** Every account signs in once, which also warms the process up. */
async function makeAccounts(system: System): Promise<void> {
  const next = oneByOne(signInRequests(jwtSharedSecret, accounts, person));
  await runClosedLoop({ port: system.ports.auth, connections, expected: 302, next, maxSeconds: 60 });
  await untilPublished(system);
}

async function startBare(system: System, closing: Closing): Promise<number> {
  await system.database.query('create schema bare');
  for (const table of ['account', 'used_token', 'session', 'outbox'])
    await system.database.query(`create table bare.${table} (like auth.${table} including all)`);
  await system.database.query('alter table bare.account set (fillfactor = 70)');
  await system.database.query('insert into bare.account select * from auth.account');
  await system.database.query('vacuum analyze');
  const port = await freePort();
  const env = { DATABASE_URL: system.database.url, SECRET: jwtSharedSecret };
  await startBareServer('sign-in-server', { port, env }, closing);
  return port;
}

const patience = { timeoutMs: 60_000, everyMs: 20 };

const untilPublished = (system: System): Promise<void> =>
  eventually(async () => {
    const rows = await system.database.number('select count(*) from auth.outbox');
    if (rows > 0) throw new Error(`${rows} rows in auth's outbox`);
  }, patience);

/** Events keep their order: when the newest sign-in of all is applied, so is everything before it. */
async function untilAllIsApplied(system: System): Promise<void> {
  const number = accounts + 1;
  const visit = randomUUID();
  const attributes = { visit, digest: createHash('sha256').update(visit).digest('hex') };
  const request = signInRequest(signToken(jwtSharedSecret, { number, attributes }));
  await runClosedLoop({
    port: system.ports.auth,
    connections: 1,
    expected: 302,
    next: oneByOne([request]),
    maxSeconds: 10,
  });
  const isApplied = 'select count(*) from permissions.account where attributes #>> $1 = $2';
  const account = 'select id from auth.account where email = $1';
  const [row] = await system.database.query<{ id: string }>(account, [emailOf(number)]);
  await eventually(async () => {
    const found = await system.database.number(`${isApplied} and id = $3`, ['{visit,value}', visit, row?.id]);
    if (found === 0) throw new Error('the last sign-in is not applied');
  }, patience);
}

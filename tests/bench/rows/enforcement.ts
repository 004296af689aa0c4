import { signInAdministrator } from '../client/api.js';
import { oneByOne, runClosedLoop } from '../client/closed-loop.js';
import { getRequest } from '../client/http-connection.js';
import { ConnectionPool, runOpenLoop } from '../client/open-loop.js';
import { type Person, signInRequest, signInRequests, signToken } from '../client/tokens.js';
import { type Figure, milliseconds, ratioOf } from '../figure.js';
import type { Closing } from '../stage/closing.js';
import {
  claimedGroup,
  customers,
  dataSource,
  makeInvoices,
  mustBeInvoicesOf,
  sandboxInvoices,
} from '../stage/invoices.js';
import { ProcessorMeter } from '../stage/processor-time.js';
import type { Stage } from '../stage/stage.js';
import { administrator, jwtSharedSecret, System } from '../stage/system.js';
import { median, percentile } from '../statistics.js';

const perSecond = 100;
const arrivals = 1_500;
// Nobody comes twice in a round: what a query must show is then what its own sign-in said.
const people = 1_500;
const rounds = 3;
const bars = { p50: 20, p99: 150 };

/**
 * From the 302 of a sign-in that changes a claim to the first rows that show it, all four services in processes of their own. Beside it
 * the time of the same query where nobody has just signed in.
 */
export async function measureEnforcement(stage: Stage, closing: Closing): Promise<Figure[]> {
  const system = await System.prepare(stage, closing);
  const readerUrl = await makeInvoices(await stage.emptyDatabase(closing));
  for (const service of ['auth', 'directory', 'permissions'] as const) await system.start(service, closing);
  await system.start('dashboard', closing, { dataSources: JSON.stringify([{ name: dataSource, url: readerUrl }]) });
  const tableId = await sandboxInvoices(await signInAdministrator(system.urlOf('auth'), administrator), {
    permissions: system.urlOf('permissions'),
    dashboard: system.urlOf('dashboard'),
  });
  const bench = createArrivals(system, tableId, closing);
  await bench.signInOnce();

  const meter = new ProcessorMeter();
  const rounded: { ours: number[]; bare: number[] }[] = [];
  for (let round = 0; round <= rounds; round += 1) {
    const ours = await meter.measure(async () => {
      const result = await runOpenLoop({ perSecond, arrivals, arrive: bench.untilEnforced });
      return { result, units: arrivals };
    });
    rounded.push({ ours, bare: await runOpenLoop({ perSecond, arrivals, arrive: bench.queryOnly }) });
  }
  const figures = (['p50', 'p99'] as const).map((name) => {
    const at = (samples: readonly number[]): number => percentile(samples, name === 'p50' ? 0.5 : 0.99);
    const ours = median(rounded.slice(1).map((round) => at(round.ours)));
    const bare = median(rounded.slice(1).map((round) => at(round.bare)));
    return {
      what: `sign-in with changed claims to enforced, ${perSecond} a second through RabbitMQ, ${name}; bare: the query alone`,
      measured: milliseconds(ours),
      bare: milliseconds(bare),
      ratio: ratioOf(ours / bare),
      bar: milliseconds(bars[name]),
      met: ours <= bars[name],
    };
  });
  return [...figures, ...meter.figure('processor time of such a sign-in and its query')];
}

interface Arrivals {
  signInOnce(): Promise<void>;
  untilEnforced(index: number): Promise<number>;
  queryOnly(index: number): Promise<number>;
}

function createArrivals(system: System, tableId: number, closing: Closing): Arrivals {
  const auth = new ConnectionPool(system.ports.auth);
  const dashboard = new ConnectionPool(system.ports.dashboard);
  closing.add(() => auth.close());
  closing.add(() => dashboard.close());
  const customerOf = new Map<number, number>();
  const sessions = new Map<number, string>();
  const personOf = (number: number): Person => ({
    number,
    groups: [claimedGroup],
    attributes: { customer: customerOf.get(number) ?? 0 },
  });

  /** Queries again at once while the answer is that the sign-in is not applied yet. */
  const queryUntilAnswered = async (number: number): Promise<void> => {
    const request = getRequest(`/api/tables/${tableId}/rows?limit=100`, { cookie: sessions.get(number) ?? '' });
    const customer = customerOf.get(number) ?? -1;
    for (;;) {
      const { status, body } = await dashboard.use((connection) => connection.exchange(request));
      if (status === 200) return mustBeInvoicesOf(customer, 100, body);
      if (status !== 503) throw new Error(`rows were answered ${status}: ${body}`);
    }
  };
  const signIn = async (number: number): Promise<void> => {
    const request = signInRequest(signToken(jwtSharedSecret, personOf(number)));
    const { status, head, body } = await auth.use((connection) => connection.exchange(request));
    if (status !== 302) throw new Error(`a sign-in was answered ${status}: ${body}`);
    sessions.set(number, /set-cookie: ([^;]+)/i.exec(head)?.[1] ?? '');
  };
  const timed = async (work: () => Promise<void>): Promise<number> => {
    const start = performance.now();
    await work();
    return performance.now() - start;
  };

  return {
    async signInOnce() {
      for (let number = 0; number < people; number += 1) customerOf.set(number, number % customers);
      const next = oneByOne(signInRequests(jwtSharedSecret, people, personOf));
      await runClosedLoop({ port: system.ports.auth, connections: 16, expected: 302, next, maxSeconds: 60 });
      for (let number = 0; number < people; number += 1) await signIn(number);
    },
    async untilEnforced(index) {
      const number = index % people;
      customerOf.set(number, ((customerOf.get(number) ?? 0) + 1) % customers);
      await signIn(number);
      return timed(() => queryUntilAnswered(number));
    },
    // Not those who have signed in just before: nothing is on its way for these.
    queryOnly: (index) => timed(() => queryUntilAnswered((index + people / 2) % people)),
  };
}

import { setTimeout as sleep } from 'node:timers/promises';
import { HttpConnection } from './http-connection.js';

export interface OpenLoop {
  readonly perSecond: number;
  readonly arrivals: number;
  /** One arrival; resolves with what is measured of it, in milliseconds. */
  readonly arrive: (index: number) => Promise<number>;
}

/**
 * Starts arrivals at their times, whether or not earlier ones are done: a slow answer does not make the load lighter. Gaps are
 * exponential, as between people who know nothing of each other, and the same in every round.
 */
export async function runOpenLoop({ perSecond, arrivals, arrive }: OpenLoop): Promise<number[]> {
  const random = repeatableRandom(1);
  const start = performance.now();
  let due = 0;
  const measured: Promise<number>[] = [];
  for (let index = 0; index < arrivals; index += 1) {
    due += (-Math.log(1 - random()) * 1000) / perSecond;
    const wait = start + due - performance.now();
    if (wait > 0) await sleep(wait);
    const one = arrive(index);
    // It is awaited with the others; until then its failure is not unhandled.
    one.catch(() => undefined);
    measured.push(one);
  }
  return Promise.all(measured);
}

/** Well below the time after which the servers close a connection that nobody uses. */
const longestIdleMs = 20_000;

/** Connections to one server that are used again; as many as are needed at once. */
export class ConnectionPool {
  private readonly idle: { readonly connection: HttpConnection; readonly since: number }[] = [];
  private readonly all: HttpConnection[] = [];

  constructor(private readonly port: number) {}

  async use<T>(work: (connection: HttpConnection) => Promise<T>): Promise<T> {
    const connection = this.takeIdle() ?? (await this.open());
    const result = await work(connection);
    this.idle.push({ connection, since: performance.now() });
    return result;
  }

  close(): void {
    for (const connection of this.all) connection.close();
  }

  /** The one that was used last; where that is too long ago, all of them are too old. */
  private takeIdle(): HttpConnection | undefined {
    const last = this.idle.pop();
    if (last === undefined || performance.now() - last.since < longestIdleMs) return last?.connection;
    for (const { connection } of [last, ...this.idle.splice(0)]) connection.close();
    return undefined;
  }

  private async open(): Promise<HttpConnection> {
    const connection = await HttpConnection.open(this.port);
    this.all.push(connection);
    return connection;
  }
}

/** Numbers from 0 to 1 that look random and are the same each time (mulberry32). */
export function repeatableRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

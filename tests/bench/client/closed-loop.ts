import { type Answer, HttpConnection } from './http-connection.js';

export interface ClosedLoop {
  readonly port: number;
  readonly connections: number;
  /** The status that every answer must have; another one ends the bench. */
  readonly expected: number;
  /** The next request, or undefined when there are no more. */
  readonly next: () => string | undefined;
  readonly maxSeconds: number;
  /** Looks at each answer; throws if it is not the right one. */
  readonly inspect?: (answer: Answer) => void;
}

export interface LoopResult {
  readonly answered: number;
  readonly perSecond: number;
}

/** Sends requests on some connections, on each the next one as soon as the last one is answered, until there are no more or time is up. */
export async function runClosedLoop(loop: ClosedLoop): Promise<LoopResult> {
  const opened = await Promise.all(Array.from({ length: loop.connections }, () => HttpConnection.open(loop.port)));
  const start = performance.now();
  const deadline = start + loop.maxSeconds * 1000;
  try {
    const answered = await Promise.all(opened.map((connection) => runOne(connection, loop, deadline)));
    const total = answered.reduce((sum, one) => sum + one, 0);
    return { answered: total, perSecond: (total * 1000) / (performance.now() - start) };
  } finally {
    for (const connection of opened) connection.close();
  }
}

async function runOne(connection: HttpConnection, loop: ClosedLoop, deadline: number): Promise<number> {
  for (let answered = 0; ; answered += 1) {
    const request = performance.now() < deadline ? loop.next() : undefined;
    if (request === undefined) return answered;
    const answer = await connection.exchange(request);
    if (answer.status !== loop.expected)
      throw new Error(
        `expected ${loop.expected}, was answered ${answer.status}: ${answer.body.toString().slice(0, 300)}`,
      );
    loop.inspect?.(answer);
  }
}

/** Hands out the items of a list once each. */
export function oneByOne<T>(items: readonly T[]): () => T | undefined {
  let at = 0;
  return () => items[at++];
}

/** Hands out the items of a list again and again. */
export function roundRobin<T>(items: readonly T[]): () => T {
  let at = 0;
  return () => items[at++ % items.length] as T;
}

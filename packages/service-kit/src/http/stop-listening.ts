import type { Server } from 'node:http';
import { performance } from 'node:perf_hooks';

const longestTakingInMs = 1_000;
const longestAnswerMs = 10_000;

/** Answers whoever has connected, then listens no more. Resolves when all are answered, and after ten seconds hangs up on who is not. */
export async function stopListening(server: Server): Promise<void> {
  // Whoever keeps a connection and asks on it again and again would never leave it.
  server.prependListener('request', (_request, response) => response.setHeader('connection', 'close'));
  // To close the listener closes idle connections first, and who connects meanwhile is turned away: there are to be none left then.
  server.closeIdleConnections();
  await takeIn(server);
  const closed = new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  const impatient = setTimeout(() => server.closeAllConnections(), longestAnswerMs);
  await closed;
  clearTimeout(impatient);
}

/**
 * Takes in everybody who has connected: those that the system still holds when nobody listens any more, it turns away. It hands over one
 * connection in each turn of the event loop, and the first turn may end before it has looked.
 */
async function takeIn(server: Server): Promise<void> {
  let connections = 0;
  const count = (): void => {
    connections += 1;
  };
  server.on('connection', count);
  // New ones may come as fast as they are taken in.
  const deadline = performance.now() + longestTakingInMs;
  for (let quietTurns = 0; quietTurns < 2 && performance.now() < deadline; ) {
    const before = connections;
    await new Promise((resolve) => setImmediate(resolve));
    quietTurns = connections === before ? quietTurns + 1 : 0;
  }
  server.off('connection', count);
}

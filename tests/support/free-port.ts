import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

// Below those that a system gives to outgoing connections: a server that is down for a while finds its port again.
const [lowest, highest] = [10_240, 32_767];

/** A port on 127.0.0.1 that nobody listened on a moment ago. Whoever uses it must be ready to find it taken. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(lowest, highest + 1);
    if (await isFree(port)) return port;
  }
}

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(false) : reject(error),
    );
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });

import { createServer } from 'node:net';

/** A port on 127.0.0.1 that nobody listened on a moment ago. Whoever uses it must be ready to find it taken. */
export const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      if (address === null || typeof address === 'string') return reject(new Error('No port was given'));
      probe.close(() => resolve(address.port));
    });
  });

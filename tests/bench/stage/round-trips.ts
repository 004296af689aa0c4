import { connect, createServer } from 'node:net';
import { freePort } from '@sandgate/tests';
import type { Closing } from './closing.js';

// PostgreSQL's wire protocol, version 3: a client that waits for an answer has sent Sync last, the byte S with a length of four.
const sync = Buffer.from([0x53, 0, 0, 0, 4]);

/** An address that leads to the same database, and how often what used it has waited for an answer of the database. */
export async function countRoundTrips(
  databaseUrl: string,
  closing: Closing,
): Promise<{ url: string; total: () => number }> {
  const target = new URL(databaseUrl);
  let total = 0;
  const proxy = createServer((client) => {
    const server = connect({ host: target.hostname, port: Number(target.port) });
    client.on('data', (chunk) => {
      if (chunk.subarray(-sync.length).equals(sync)) total += 1;
      server.write(chunk);
    });
    server.pipe(client);
    client.on('close', () => server.destroy()).on('error', () => server.destroy());
    server.on('error', () => client.destroy());
  });
  const port = await freePort();
  await new Promise<void>((resolve) => proxy.listen(port, '127.0.0.1', resolve));
  closing.add(() => proxy.close());
  return { url: Object.assign(new URL(databaseUrl), { port: String(port) }).href, total: () => total };
}

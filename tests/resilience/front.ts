import { connect, createServer, type Socket } from 'node:net';

/** The one address of a service, in front of its instances, as a proxy or a container network gives it. */
export interface Front {
  readonly origin: string;
  /** Connections go to all of these in turn; to the next one where nobody listens, and nowhere when nobody does. */
  add(port: number): void;
  remove(port: number): void;
  close(): Promise<void>;
}

export async function openFront(): Promise<Front> {
  let ports: number[] = [];
  let turn = 0;
  const clients = new Set<Socket>();

  const serve = (client: Socket, candidates: readonly number[]): void => {
    const [port, ...others] = candidates;
    if (port === undefined) return void client.destroy();
    const target = connect(port, '127.0.0.1');
    target.once('connect', () => {
      if (client.destroyed) return void target.destroy();
      client.pipe(target).pipe(client);
      target.off('error', next).on('error', () => client.destroy());
      target.on('close', () => client.destroy());
      client.on('close', () => target.destroy());
    });
    const next = (): void => serve(client, others);
    target.once('error', next);
  };

  const server = createServer({ noDelay: true }, (client) => {
    clients.add(client);
    client.on('close', () => clients.delete(client));
    client.on('error', () => client.destroy());
    turn += 1;
    const first = turn % Math.max(ports.length, 1);
    serve(client, [...ports.slice(first), ...ports.slice(0, first)]);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the front has no port');
  return {
    origin: `http://127.0.0.1:${address.port}`,
    add: (port) => {
      ports = [...ports, port];
    },
    remove: (port) => {
      ports = ports.filter((one) => one !== port);
    },
    close: async () => {
      for (const client of clients) client.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

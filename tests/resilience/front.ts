import { connect, createServer, type Socket } from 'node:net';

/** The one address of a service, in front of its instances, as a proxy or a container network gives it. */
export interface Front {
  readonly origin: string;
  /**
   * Connections go to all of these in turn; to the next one where nobody listens, or where one that may come twice breaks before anything is
   * answered, as the proxy of the deployment has it; and nowhere when none is left.
   */
  add(port: number): void;
  remove(port: number): void;
  close(): Promise<void>;
}

export async function openFront(): Promise<Front> {
  let ports: number[] = [];
  let turn = 0;
  const clients = new Set<Socket>();

  const serve = (client: Socket, candidates: readonly number[], asked: Buffer[] = []): void => {
    const [port, ...others] = candidates;
    if (port === undefined || client.destroyed) return void client.destroy();
    const target = connect(port, '127.0.0.1');
    let isAnswered = false;
    const keep = (chunk: Buffer): void => void asked.push(chunk);
    const end = (): void => void target.destroy();
    client.on('close', end);
    target.once('connect', () => {
      for (const chunk of asked) target.write(chunk);
      client.on('data', keep).pipe(target).pipe(client, { end: false });
    });
    target.once('data', () => {
      isAnswered = true;
      client.off('data', keep);
    });
    // Its close follows.
    target.on('error', () => undefined);
    target.on('close', () => {
      client.off('data', keep).off('close', end).unpipe(target);
      if (!isAnswered && mayComeTwice(asked)) serve(client, others, asked);
      else client.end();
    });
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

/** What has been sent of a request: nothing yet, or one that nginx takes for idempotent (RFC 9110 section 9.2.2). */
const mayComeTwice = ([first]: readonly Buffer[]): boolean =>
  first === undefined || /^(GET|PUT|DELETE) /.test(first.toString('latin1'));

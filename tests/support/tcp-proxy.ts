import type { AddressInfo } from 'node:net';
import { connect, createServer, type Socket } from 'node:net';

export interface TcpProxy {
  readonly port: number;
  /** Ends all connections and refuses new ones. */
  cut(): void;
  /** Lets bytes through to the server, and none back. */
  mute(): void;
  restore(): void;
  close(): Promise<void>;
}

/** A wire to a server that can be cut, without disturbing others who use that server. */
export const startTcpProxy = async (target: { host: string; port: number }): Promise<TcpProxy> => {
  const sockets = new Set<Socket>();
  let state: 'open' | 'cut' | 'muted' = 'open';
  const track = (socket: Socket): void => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    // Whichever side breaks, the other is ended by its close.
    socket.on('error', () => undefined);
  };
  const server = createServer((client) => {
    if (state === 'cut') return client.destroy();
    const upstream = connect(target);
    for (const socket of [client, upstream]) track(socket);
    client.pipe(upstream);
    upstream.on('data', (bytes) => {
      if (state === 'open') client.write(bytes);
    });
    client.on('close', () => upstream.destroy());
    upstream.on('close', () => client.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const endAll = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  const cut = (): void => {
    state = 'cut';
    endAll();
  };
  return {
    port: (server.address() as AddressInfo).port,
    cut,
    mute: () => {
      state = 'muted';
    },
    restore: () => {
      // A connection that missed bytes is of no use any more.
      if (state === 'muted') endAll();
      state = 'open';
    },
    async close() {
      cut();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};

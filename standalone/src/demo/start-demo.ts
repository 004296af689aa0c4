import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { Server } from 'node:http';
import { createHostApp } from '@sandgate/host-app';
import { type ReadinessCheck, StartRefused } from '@sandgate/service-kit';
import type { StandaloneConfig } from '../config.js';
import type { System } from '../system.js';
import { setUpOnce } from './set-up-once.js';

export interface RunningDemo {
  readonly readiness: ReadinessCheck;
  /** Sets the demonstration up on the first start, and starts the host application. */
  open(system: System): Promise<void>;
  stop(): Promise<void>;
}

/** The demonstration beside the system: its set-up, and the sample host application in the same process. */
export function startDemo(config: StandaloneConfig): RunningDemo {
  let isOpen = false;
  let server: Server | undefined;
  return {
    readiness: { name: 'demo', check: async () => (isOpen ? undefined : 'the demonstration is not set up yet') },
    async open(system) {
      await setUpOnce({
        home: config.SANDGATE_HOME,
        siteUrl: `http://127.0.0.1:${config.PORT}`,
        adminEmail: system.adminEmail,
        adminPassword: system.adminPassword,
        identityProviderUri: `${config.hostAppUrl}/sso/sandgate`,
      });
      const sandgate = { siteUrl: config.siteUrl, sharedSecret: system.jwtSharedSecret };
      const app = createHostApp({
        sandgate,
        sessionSecret: randomBytes(32).toString('hex'),
        analyticsPath: '/tables/sample-database/public/invoices',
      });
      server = app.listen(config.HOST_APP_PORT, '127.0.0.1');
      await once(server, 'listening').catch((cause: NodeJS.ErrnoException) => {
        if (cause.code !== 'EADDRINUSE') throw cause;
        throw new StartRefused(
          `Port ${config.HOST_APP_PORT} is taken by another program; set HOST_APP_PORT to another.`,
          { cause },
        );
      });
      isOpen = true;
    },
    async stop() {
      server?.close();
      server?.closeAllConnections();
    },
  };
}

import { embeddedTransport } from '@sandgate/messaging';
import { type Carrier, deliveryLimit, retryDelaysMs } from './carrier.js';
import { describeTransport } from './transport-suite.js';
import { log, type Workshop } from './workshop.js';

const settings = { retryDelaysMs, deliveryLimit, leaseMs: 600, pollMs: 50 };

const embedded = async ({ database, onClose }: Workshop): Promise<Carrier> => ({
  transport: (more = {}) => {
    const transport = embeddedTransport({ ...settings, ...more, log });
    onClose(() => transport.close());
    return transport;
  },
  away: async () => {
    await database.$executeRaw`alter table messaging.deliveries rename to deliveries_away`;
  },
  back: async () => {
    await database.$executeRaw`alter table messaging.deliveries_away rename to deliveries`;
  },
  childEnv: { TRANSPORT: 'embeddedTransport', SETTINGS: JSON.stringify(settings) },
});

describeTransport('the embedded transport', embedded);

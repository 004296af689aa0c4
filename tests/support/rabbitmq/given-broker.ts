import { answers } from './answers.js';
import type { Broker } from './broker.js';
import { ctl } from './ctl.js';

/** A broker that someone else runs: it is used, and left as it is. */
export const givenBroker = async (url: string): Promise<Broker> => {
  await answers(url, { timeoutMs: 15_000 }).catch((cause: unknown) => {
    throw new Error('AMQP_URL is set, but no broker answers there: start it, or leave AMQP_URL out.', { cause });
  });
  const refuse = (): Promise<never> =>
    Promise.reject(new Error('The broker of AMQP_URL may be in use by others: tests do not stop it'));
  const control = { kind: 'none' } as const;
  return {
    url,
    control,
    ctl: (...args) => ctl(control, args),
    kill9: refuse,
    start: refuse,
    dispose: async () => undefined,
  };
};

import type { BrokerAddress } from './rabbitmq/broker.js';

export interface ServiceUrls {
  readonly auth: string;
  readonly directory: string;
  readonly permissions: string;
  readonly dashboard: string;
}

interface PostgresAddress {
  readonly adminUrl: string;
  readonly template: string;
  readonly templateUrls: ServiceUrls;
}

/** What a run has started once for all its test files; it reaches them, in whatever process they run, by the environment. */
export interface Testbed {
  readonly oldestPostgres: PostgresAddress;
  readonly newestPostgres: PostgresAddress;
  readonly rabbitmq: BrokerAddress;
  readonly chromium: string;
}

const variable = (part: keyof Testbed): string => `SANDGATE_TESTBED_${part.toUpperCase()}`;

export const offer = <Part extends keyof Testbed>(part: Part, value: Testbed[Part]): void => {
  process.env[variable(part)] = JSON.stringify(value);
};

/** Throws when the set-up of this test's project in jest.config.js does not start that part. */
export const readTestbed = <Part extends keyof Testbed>(part: Part): Testbed[Part] => {
  const value = process.env[variable(part)];
  if (value === undefined) throw new Error(`The set-up of this jest project does not start ${part}`);
  return JSON.parse(value) as Testbed[Part];
};

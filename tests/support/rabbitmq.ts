import { installPackage, mayInstallPackages } from './debian-packages.js';
import type { Broker, BrokerAddress } from './rabbitmq/broker.js';
import { ctl } from './rabbitmq/ctl.js';
import { givenBroker } from './rabbitmq/given-broker.js';
import { findRabbitmqPrograms, privateNode } from './rabbitmq/private-node.js';
import { readTestbed } from './testbed.js';

export type { Broker, BrokerAddress } from './rabbitmq/broker.js';

/** The run's broker. Other test files use it at the same time: take a namespace of your own, and never stop it. */
export const rabbitmq = (): BrokerAddress & Pick<Broker, 'ctl'> => {
  const address = readTestbed('rabbitmq');
  return { ...address, ctl: (...args) => ctl(address.control, args) };
};

/** The broker of AMQP_URL if that is set, else one of its own; see `startRabbitmq`. */
export const findRabbitmq = async (): Promise<Broker> => {
  const given = process.env['AMQP_URL'];
  return given === undefined || given === '' ? startRabbitmq() : givenBroker(given);
};

/**
 * A broker that only the caller uses, and may kill: a container where a Docker engine answers and has the image, else a private
 * node from an installed package, which on Debian and Ubuntu apt installs first. Throws one sentence that says what to install.
 */
export const startRabbitmq = async (): Promise<Broker> => {
  const refusals: unknown[] = [];
  // Not at the top: test files that only use the run's broker would load a Docker client each.
  const { containerBroker, hasDockerEngine } = await import('./rabbitmq/container-broker.js');
  if (await hasDockerEngine()) {
    try {
      return await containerBroker();
    } catch (error) {
      refusals.push(error);
    }
  }
  const programs = findRabbitmqPrograms() ?? (await installPrograms(refusals));
  if (programs !== undefined) return privateNode(programs);
  throw new Error(
    'RabbitMQ was not found: start a Docker engine, or install the package rabbitmq-server (3.10 or later), or set AMQP_URL to a running broker.',
    { cause: new AggregateError(refusals) },
  );
};

const installPrograms = async (refusals: unknown[]): Promise<string | undefined> => {
  if (!(await mayInstallPackages())) return undefined;
  try {
    await installPackage('rabbitmq-server');
  } catch (error) {
    refusals.push(error);
  }
  return findRabbitmqPrograms();
};

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { BrokerControl } from './broker.js';

/** Runs `rabbitmqctl` at that broker. Throws with its output when it fails, and for a broker that was only named by AMQP_URL. */
export const ctl = async (control: BrokerControl, args: readonly string[]): Promise<string> => {
  if (control.kind === 'node') return (await promisify(execFile)(control.program, args, { env: control.env })).stdout;
  if (control.kind === 'container') return inContainer(control.id, ['rabbitmqctl', ...args]);
  throw new Error('The broker of AMQP_URL may be in use by others: tests do not administer it');
};

const inContainer = async (id: string, command: string[]): Promise<string> => {
  // Not at the top: most brokers are no container, and a Docker client takes half a second to load.
  const { getContainerRuntimeClient } = await import('testcontainers');
  const { container } = await getContainerRuntimeClient();
  const { exitCode, output } = await container.exec(container.getById(id), command);
  if (exitCode !== 0) throw new Error(`${command.join(' ')} ended with code ${exitCode}: ${output}`);
  return output;
};

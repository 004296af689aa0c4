import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { freePort } from '../free-port.js';
import { type StartedProcess, startProcess, stopProcess } from '../start-process.js';
import { entrust } from '../undertaker.js';
import { answers } from './answers.js';
import type { Broker } from './broker.js';
import { ctl } from './ctl.js';

interface NodePlan {
  readonly programs: string;
  readonly url: string;
  readonly epmdPort: string;
  readonly env: Readonly<Record<string, string>>;
}

const packageFolders = ['/usr/lib/rabbitmq/lib', '/usr/local/lib/rabbitmq/lib', '/opt/homebrew/opt/rabbitmq'];

/** The folder of an installed package's own scripts. Those on PATH insist on the system's user and node. */
export const findRabbitmqPrograms = (): string | undefined =>
  packageFolders
    .flatMap((folder) => [
      folder,
      ...(existsSync(folder) ? readdirSync(folder).map((name) => path.join(folder, name)) : []),
    ])
    .map((folder) => path.join(folder, 'sbin'))
    .findLast((programs) => existsSync(path.join(programs, 'rabbitmq-server')));

/** A node of its own from the installed package: own name, ports, data and port mapper, on 127.0.0.1 only. */
export const privateNode = async (programs: string): Promise<Broker> => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'sandgate-rabbitmq-'));
  const release = entrust({ folder });
  const plan = await planNode(programs, folder);
  const portMapper = await startPortMapper(plan);
  let node = await launch(plan);
  const control = { kind: 'node', program: path.join(programs, 'rabbitmqctl'), env: plan.env } as const;
  return {
    url: plan.url,
    control,
    ctl: (...args) => ctl(control, args),
    kill9: async () => {
      node.signal('SIGKILL');
      await node.exited;
    },
    start: async () => {
      if (node.hasExited()) node = await launch(plan);
    },
    dispose: async () => {
      await stopProcess(node, 'SIGTERM', 30_000);
      await stopProcess(portMapper, 'SIGKILL');
      await rm(folder, { recursive: true, force: true, maxRetries: 10 });
      release();
    },
  };
};

const planNode = async (programs: string, folder: string): Promise<NodePlan> => {
  const [amqpPort, distributionPort, epmdPort] = [await freePort(), await freePort(), await freePort()];
  const password = randomBytes(16).toString('hex');
  const inFolder = (name: string): string => path.join(folder, name);
  await mkdir(inFolder('home'));
  await writeFile(inFolder('enabled_plugins'), '[].');
  await writeFile(inFolder('rabbitmq.conf'), settings(amqpPort, password));
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: inFolder('home'),
    LANG: 'C.UTF-8',
    ERL_EPMD_PORT: String(epmdPort),
    ERL_EPMD_ADDRESS: '127.0.0.1',
    RABBITMQ_NODENAME: `sandgate-${amqpPort}@localhost`,
    RABBITMQ_NODE_PORT: String(amqpPort),
    RABBITMQ_NODE_IP_ADDRESS: '127.0.0.1',
    RABBITMQ_DIST_PORT: String(distributionPort),
    RABBITMQ_MNESIA_BASE: inFolder('mnesia'),
    RABBITMQ_LOG_BASE: inFolder('log'),
    RABBITMQ_LOGS: '-',
    RABBITMQ_ENABLED_PLUGINS_FILE: inFolder('enabled_plugins'),
    RABBITMQ_CONFIG_FILE: inFolder('rabbitmq.conf'),
    RABBITMQ_PID_FILE: inFolder('node.pid'),
    // Schedulers that spin while idle take the processor from what is being tested.
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS:
      '-start_epmd false -kernel inet_dist_use_interface {127,0,0,1} +sbwt none +sbwtdcpu none +sbwtdio none',
    RABBITMQ_CTL_ERL_ARGS: '-start_epmd false -kernel inet_dist_use_interface {127,0,0,1}',
  };
  return { programs, url: `amqp://sandgate:${password}@127.0.0.1:${amqpPort}`, epmdPort: String(epmdPort), env };
};

const settings = (amqpPort: number, password: string): string =>
  [
    `listeners.tcp.1 = 127.0.0.1:${amqpPort}`,
    'default_user = sandgate',
    `default_pass = ${password}`,
    'log.console.level = warning',
    'disk_free_limit.absolute = 50MB',
    '',
  ].join('\n');

// Erlang would start one that outlives every node.
const startPortMapper = ({ env, epmdPort }: NodePlan): Promise<StartedProcess> =>
  startProcess('epmd', ['-address', '127.0.0.1', '-port', epmdPort], { env });

const launch = async ({ programs, url, env }: NodePlan): Promise<StartedProcess> => {
  const node = await startProcess(path.join(programs, 'rabbitmq-server'), [], { env });
  const isLost = (): string | undefined => (node.hasExited() ? `RabbitMQ did not start: ${node.output()}` : undefined);
  await answers(url, { isLost });
  return node;
};

import { GenericContainer, getContainerRuntimeClient, Wait } from 'testcontainers';
import { freePort } from '../free-port.js';
import { answers } from './answers.js';
import type { Broker } from './broker.js';
import { ctl } from './ctl.js';

const amqpPort = 5672;

/** Whether a Docker engine answers. */
export const hasDockerEngine = (): Promise<boolean> =>
  getContainerRuntimeClient().then(
    () => true,
    () => false,
  );

/** A broker in a container. Throws when the image can neither be found nor fetched. */
export const containerBroker = async (): Promise<Broker> => {
  // A fixed port, because Docker would choose another one when the container is started again.
  const host = await freePort();
  const container = await new GenericContainer(process.env['RABBITMQ_IMAGE'] ?? 'rabbitmq:4-management')
    .withExposedPorts({ container: amqpPort, host })
    .withEnvironment({ RABBITMQ_DEFAULT_USER: 'sandgate', RABBITMQ_DEFAULT_PASS: 'sandgate' })
    .withWaitStrategy(Wait.forListeningPorts())
    .start();
  const url = `amqp://sandgate:sandgate@${container.getHost()}:${host}`;
  const control = { kind: 'container', id: container.getId() } as const;
  const client = await getContainerRuntimeClient();
  const handle = client.container.getById(control.id);
  const broker: Broker = {
    url,
    control,
    ctl: (...args) => ctl(control, args),
    kill9: async () => void (await handle.kill({ signal: 'SIGKILL' })),
    start: async () => {
      await client.container.start(handle);
      await answers(url);
    },
    dispose: async () => void (await container.stop({ remove: true, removeVolumes: true })),
  };
  return answers(url).then(
    () => broker,
    async (error: unknown) => {
      await broker.dispose();
      throw error;
    },
  );
};

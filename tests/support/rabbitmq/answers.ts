import { connect } from 'amqplib';
import { eventually, Hopeless } from '../eventually.js';

export interface Waiting {
  /** Says why the broker can no longer start. */
  readonly isLost?: () => string | undefined;
  readonly timeoutMs?: number;
}

/** Returns when a broker takes connections at this address. */
export const answers = async (url: string, waiting: Waiting = {}): Promise<void> => {
  const { isLost = () => undefined, timeoutMs = 90_000 } = waiting;
  await eventually(
    async () => {
      const loss = isLost();
      if (loss !== undefined) throw new Hopeless(loss);
      const connection = await connect(url);
      await connection.close();
    },
    { timeoutMs },
  );
};

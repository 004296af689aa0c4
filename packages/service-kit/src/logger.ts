import { type DestinationStream, type Logger, pino } from 'pino';

export type { Logger } from 'pino';

/** Lines gather to that many bytes, or so many milliseconds, so that not each of them is a system call of its own. */
const gathering = { minLength: 4096, periodicFlush: 100 };

/**
 * JSON lines. Ids and outcomes only: no body, token, address or claim is ever passed to a logger. A process of several services names none;
 * their own lines do.
 */
export const createLogger = (service: string | undefined, level: string, destination?: DestinationStream): Logger =>
  pino(
    {
      level,
      base: service === undefined ? {} : { service },
      timestamp: pino.stdTimeFunctions.isoTime,
      errorKey: 'error',
    },
    destination ?? pino.destination({ fd: 1, sync: false, ...gathering }),
  );

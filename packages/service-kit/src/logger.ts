import { type DestinationStream, type Logger, pino } from 'pino';

export type { Logger } from 'pino';

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
    destination ?? pino.destination({ fd: 1, sync: false }),
  );

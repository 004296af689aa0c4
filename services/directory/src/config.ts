import { loadConfig, serviceSettings, setting } from '@sandgate/service-kit';
import { z } from 'zod';

/** What directory alone reads of the environment, in a container of its own and under `npm start`. */
export const directorySettings = {
  SANDGATE_RECORD_RETENTION_DAYS: setting.number({ min: 1, max: 36_500 }).default(400),
};

const schema = z.object({ ...serviceSettings, ...directorySettings });

/** What the environment must say for directory to run in a process of its own. Throws `ConfigInvalid` with every fault. */
export const readConfig = (env: NodeJS.ProcessEnv) => loadConfig(schema, env);

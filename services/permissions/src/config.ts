import { loadConfig, serviceSettings } from '@sandgate/service-kit';
import { z } from 'zod';

/** What the environment must say for permissions to run in a process of its own. Throws `ConfigInvalid` with every fault. */
export const readConfig = (env: NodeJS.ProcessEnv) => loadConfig(z.object(serviceSettings), env);

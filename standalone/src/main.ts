import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createLogger, type Logger, runProcess } from '@sandgate/service-kit';
import { pino } from 'pino';
import { readConfig, type StandaloneConfig } from './config.js';
import { startDemo } from './demo/start-demo.js';
import { startSystem } from './system.js';
import { welcome } from './welcome.js';

await runProcess(async (stopping) => {
  const config = readConfig(process.env);
  const log = createFileLogger(config);
  stopping.addEventListener('abort', () => process.stdout.write('Stopping…\n'));
  const demo = config.SANDGATE_DEMO ? startDemo(config) : undefined;
  const system = await startSystem(config, { log, checks: demo ? [demo.readiness] : [], stopping });
  const stop = async (): Promise<void> => {
    await demo?.stop();
    await system.stop();
  };
  try {
    await demo?.open(system);
    stopping.throwIfAborted();
  } catch (error) {
    await stop();
    throw error;
  }
  process.stdout.write(welcome(config, system));
  return { log, stop };
});

/** The log goes to a file: the terminal is for the person who started it. */
function createFileLogger(config: StandaloneConfig): Logger {
  mkdirSync(config.SANDGATE_HOME, { recursive: true, mode: 0o700 });
  const destination = pino.destination({ dest: join(config.SANDGATE_HOME, 'sandgate.log'), sync: false, append: true });
  return createLogger(undefined, config.SANDGATE_LOG_LEVEL, destination);
}

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createLogger, type Logger, runProcess } from '@sandgate/service-kit';
import { pino } from 'pino';
import { readConfig, type StandaloneConfig } from './config.js';
import { type RunningDemo, startDemo } from './demo/start-demo.js';
import { type System, startSystem } from './system.js';
import { welcome } from './welcome.js';

await runProcess(async () => {
  const config = readConfig(process.env);
  const log = createFileLogger(config);
  const demo = config.SANDGATE_DEMO ? startDemo(config) : undefined;
  const system = await startSystem(config, log, demo ? [demo.readiness] : []);
  await openDemo(demo, system);
  process.stdout.write(welcome(config, system));
  return {
    log,
    stop: async () => {
      process.stdout.write('Stopping…\n');
      await demo?.stop();
      await system.stop();
    },
  };
});

async function openDemo(demo: RunningDemo | undefined, system: System): Promise<void> {
  try {
    await demo?.open(system);
  } catch (error) {
    await demo?.stop();
    await system.stop();
    throw error;
  }
}

/** The log goes to a file: the terminal is for the person who started it. */
function createFileLogger(config: StandaloneConfig): Logger {
  mkdirSync(config.SANDGATE_HOME, { recursive: true, mode: 0o700 });
  const destination = pino.destination({ dest: join(config.SANDGATE_HOME, 'sandgate.log'), sync: false, append: true });
  return createLogger(undefined, config.SANDGATE_LOG_LEVEL, destination);
}

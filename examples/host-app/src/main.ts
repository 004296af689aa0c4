import { readConfig } from './config.js';
import { createHostApp } from './host-app.js';

const fail = (error: unknown): void => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
};

try {
  const config = readConfig(process.env);
  const server = createHostApp(config).listen(config.port, (error) => {
    if (error) return fail(error);
    console.log(`The host application is at http://localhost:${config.port}`);
  });
  const stop = () => {
    server.close();
    server.closeAllConnections();
  };
  process.once('SIGINT', stop).once('SIGTERM', stop);
} catch (error) {
  fail(error);
}

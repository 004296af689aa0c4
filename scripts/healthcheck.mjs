// Health check of a container: the service in it is ready. Runs every few seconds, so it loads no more than it needs.
import { get } from 'node:http';

const fail = (reason) => {
  console.error(reason);
  process.exitCode = 1;
};

get(`http://127.0.0.1:${process.env.PORT ?? 8000}/api/health/ready`, async (response) => {
  const body = (await response.setEncoding('utf8').toArray()).join('');
  if (response.statusCode !== 200) fail(body);
}).on('error', ({ message }) => fail(message));

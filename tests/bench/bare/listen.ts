import { createServer, type RequestListener } from 'node:http';
import process from 'node:process';

/** Serves on PORT of 127.0.0.1 until the process is told to end. `/` tells that it is ready. */
export function listen(serve: RequestListener): void {
  const server = createServer((request, response) => {
    if (request.url === '/') response.end('ready');
    else serve(request, response);
  });
  server.listen(Number(process.env['PORT']), '127.0.0.1');
  process.once('SIGTERM', () => process.exit(0));
}

/** The value of a setting that bench gives. */
export function given(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is missing`);
  return value;
}

// `npm run admin -- …`: looks after a running system.
import { existsSync } from 'node:fs';

const program = new URL('../standalone/dist/admin.js', import.meta.url);
if (existsSync(program)) await import(program.href);
else {
  console.error('Nothing is built yet: run `npm start` first.');
  process.exitCode = 1;
}

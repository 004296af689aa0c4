// `npm run bench`: installs what is missing, builds what has changed, then measures and prints the table. `npm run bench -- <row> …` measures
// a part; the rows' names are in tests/bench/main.ts.
import process from 'node:process';
import { build } from './build.mjs';
import { install } from './install.mjs';

try {
  await install();
  await build();
} catch (error) {
  console.error(`bench: ${error.message}`);
  process.exit(1);
}
await import('../tests/dist/bench/main.js');

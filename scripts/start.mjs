// `npm start`: installs what is missing, builds what has changed, then runs the whole system in this process.
import { build } from './build.mjs';
import { install } from './install.mjs';

await install();
await build();
await import('../standalone/dist/main.js');

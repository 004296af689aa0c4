// `npm run vectors -- FILE…`: builds what has changed, then gives the tokens of the files to the verification of `/auth/sso`.
import { build } from './build.mjs';
import { install } from './install.mjs';

await install();
await build();
await import('../services/auth/dist/vectors/main.js');

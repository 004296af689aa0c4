// Prints a complete .env for docker-compose.yml with fresh secrets: node scripts/make-env.mjs > .env
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';

const example = readFileSync(new URL('../.env.example', import.meta.url), 'utf8');
const secret = () => randomBytes(24).toString('hex');
process.stdout.write(example.replaceAll(/(?<=^[A-Z_]+=)<secret>$/gm, secret));

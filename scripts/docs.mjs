// Writes the documents that are generated from the contracts. `--check` writes nothing and fails where one differs.
import { readFileSync, writeFileSync } from 'node:fs';
import { asyncApiDocument, errorsDocument, events, eventsDocument } from '../packages/contracts/dist/index.js';

const at = (path) => new URL(`../${path}`, import.meta.url);
const samples = Object.fromEntries(
  events.map(({ type }) => [type, readFileSync(at(`tests/contract/samples/${type}.json`), 'utf8')]),
);
const documents = {
  'docs/errors.md': errorsDocument(),
  'docs/events.md': eventsDocument(samples),
  'docs/asyncapi.json': `${JSON.stringify(asyncApiDocument(), null, 2)}\n`,
};

const readIfThere = (path) => {
  try {
    return readFileSync(at(path), 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
};
const stale = Object.keys(documents).filter((path) => readIfThere(path) !== documents[path]);
if (process.argv.includes('--check')) {
  for (const path of stale) console.error(`${path} differs from the contracts: run \`npm run docs\``);
  process.exitCode = stale.length > 0 ? 1 : 0;
} else {
  for (const path of stale) writeFileSync(at(path), documents[path]);
  console.log(stale.length > 0 ? `written: ${stale.join(', ')}` : 'all documents are current');
}

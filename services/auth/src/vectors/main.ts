import { readFile } from 'node:fs/promises';
import process from 'node:process';
import { checkVectors } from './check-vectors.js';

// `npm run vectors -- FILE…`: see docs/security.md.

const files = process.argv.slice(2);
if (files.length === 0) {
  console.error('Name files in the format of Wycheproof, version 1: npm run vectors -- json_web_signature_test.json');
  process.exitCode = 2;
}
for (const file of files) {
  const { accepted, refused, disagreements } = await checkVectors(JSON.parse(await readFile(file, 'utf8')));
  console.log(`${file}: ${accepted} accepted, ${refused} refused, ${disagreements.length} disagreements`);
  for (const { group, id, what, said, code, contradicts } of disagreements) {
    const done = code === undefined ? 'accepted' : `refused as ${code}`;
    const exception =
      contradicts === undefined
        ? ''
        : `; an exception, for it is byte for byte ${contradicts}, of which the file says the opposite`;
    console.log(`  ${group} ${id}, ${what}: said to be ${said}, ${done}${exception}`);
  }
  if (disagreements.some(({ code, contradicts }) => code === undefined && contradicts === undefined))
    process.exitCode = 1;
}

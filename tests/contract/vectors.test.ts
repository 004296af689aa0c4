import { execFile } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';

const command = fileURLToPath(new URL('../../services/auth/dist/vectors/main.js', import.meta.url));
const sample = fileURLToPath(new URL('vectors/rfc.json', import.meta.url));

/** What `npm run vectors` prints of a file, whether it ends well or not. */
const printed = (file: string): Promise<string[]> =>
  promisify(execFile)(process.execPath, [command, file])
    .catch((error: { stdout?: string }) => ({ stdout: error.stdout ?? '' }))
    .then(({ stdout }) => stdout.trimEnd().split('\n'));

/** Files, or folders of them, separated as in PATH. */
const given = (process.env['SANDGATE_VECTORS'] ?? '')
  .split(path.delimiter)
  .filter((place) => place !== '')
  .flatMap((place) =>
    statSync(place).isDirectory() ? readdirSync(place).map((name) => path.join(place, name)) : [place],
  )
  .filter((file) => file.endsWith('.json'));

/** Accepted although the file calls them invalid: docs/security.md says why. */
const contradictory = ['base64 367,', 'base64 370,'];

test('the examples of RFC 7515 and RFC 8037 are accepted, and what is near them is refused', async () => {
  expect(await printed(sample)).toEqual([`${sample}: 3 accepted, 10 refused, 0 disagreements`]);
});

test.each([sample, ...given])('no vector of %s is accepted that it calls invalid', async (file) => {
  const [summary = '', ...disagreements] = await printed(file);

  expect(summary).toMatch(/: \d+ accepted, \d+ refused, \d+ disagreements$/);
  const accepted = disagreements.map((line) => line.trim()).filter((line) => line.endsWith('accepted'));
  expect(accepted.filter((line) => !contradictory.some((known) => line.startsWith(known)))).toEqual([]);
});

import { execFile } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';

const command = fileURLToPath(new URL('../../services/auth/dist/vectors/main.js', import.meta.url));
const sample = fileURLToPath(new URL('vectors/rfc.json', import.meta.url));

/** How `npm run vectors` ends on a file, and what it prints. */
const run = (file: string): Promise<{ status: unknown; printed: string[] }> =>
  promisify(execFile)(process.execPath, [command, file])
    .then(({ stdout }) => ({ status: 0, stdout }))
    .catch((error: { code?: unknown; stdout?: string }) => ({ status: error.code, stdout: error.stdout ?? '' }))
    .then(({ status, stdout }) => ({ status, printed: stdout.trimEnd().split('\n') }));

interface Vector {
  readonly tcId: number;
  readonly result: string;
}

/** Files, or folders of them, separated as in PATH. */
const given = (process.env['SANDGATE_VECTORS'] ?? '')
  .split(path.delimiter)
  .filter((place) => place !== '')
  .flatMap((place) =>
    statSync(place).isDirectory() ? readdirSync(place).map((name) => path.join(place, name)) : [place],
  )
  .filter((file) => file.endsWith('.json'));

test('the examples of RFC 7515 and RFC 8037 are accepted, and what is near them is refused', async () => {
  expect(await run(sample)).toEqual({
    status: 0,
    printed: [`${sample}: 3 accepted, 10 refused, 0 disagreements`],
  });
});

test.each([sample, ...given])('no vector of %s is accepted that it calls invalid', async (file) => {
  const { status, printed } = await run(file);

  expect(printed[0]).toMatch(/: \d+ accepted, \d+ refused, \d+ disagreements$/);
  // Without those of which the file says both: docs/security.md.
  expect(printed.filter((line) => line.endsWith(', accepted'))).toEqual([]);
  expect(status).toBe(0);
});

test('a file of which a vector is accepted that it calls invalid ends with status 1, unless it also calls the same token valid', async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'sandgate-vectors-'));
  try {
    const file = JSON.parse(await readFile(sample, 'utf8')) as { testGroups: { tests: Vector[] }[] };
    const group = file.testGroups.find(({ tests }) => tests.some(({ result }) => result === 'valid'));
    const valid = group?.tests.find(({ result }) => result === 'valid');
    if (!group || !valid) throw new Error('the sample has no valid vector');
    const place = path.join(folder, 'vectors.json');

    group.tests = [{ ...valid, result: 'invalid' }];
    await writeFile(place, JSON.stringify(file));
    expect(await run(place)).toMatchObject({ status: 1 });

    group.tests = [valid, { ...valid, tcId: 1000, result: 'invalid' }];
    await writeFile(place, JSON.stringify(file));
    expect(await run(place)).toMatchObject({ status: 0 });
  } finally {
    await rm(folder, { recursive: true });
  }
});

// `npm run verify`: the quick part of the checks. Format, lint, types, import rules, unit, contract and architecture tests.
import { spawn } from 'node:child_process';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { build } from './build.mjs';
import { checkTestTypes } from './check-test-types.mjs';
import { install } from './install.mjs';
import { countsLine, runJest } from './run-jest.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

const checkFormatAndLint = () =>
  new Promise((resolve, reject) => {
    const biome = spawn(
      process.execPath,
      [path.join(root, 'node_modules', '@biomejs', 'biome', 'bin', 'biome'), 'check', '.'],
      {
        cwd: root,
        stdio: 'inherit',
      },
    );
    biome.on('error', reject);
    biome.on('exit', (code) =>
      code === 0 ? resolve() : reject(new Error('Format or lint is not as biome.json wants it')),
    );
  });

// The import rules are architecture tests.
const quickProjects = ['unit', 'contract', 'architecture'];

try {
  await install();
  await checkFormatAndLint();
  await build();
  await checkTestTypes();
  const counts = await runJest(['--selectProjects', ...quickProjects]);
  if (counts.failed > 0 || counts.passed === 0) process.exitCode = 1;
  console.log(countsLine(counts));
} catch (error) {
  console.error(`verify: ${error.message}`);
  process.exitCode = 1;
}

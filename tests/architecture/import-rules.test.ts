import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type CruiseResult, cruise, root } from './cruise.js';

describe('the import rules on this repository', () => {
  let result: CruiseResult;
  beforeAll(async () => {
    result = await cruise(root);
  });

  it('are kept by every file', () => {
    expect(result.violations).toEqual([]);
  });

  it('see through package names to our sources', () => {
    expect(result.imports.get('packages/messaging/src/outbox.ts')).toContain('packages/contracts/src/index.ts');
  });
});

/** One planted violation of each rule: the file, and what it imports that it may not. */
const planted: Record<string, { file: string; imports: string }> = {
  'contracts-depend-on-nothing-of-ours': { file: 'packages/contracts/src/greedy.ts', imports: '@sandgate/migrations' },
  'messaging-depends-on-contracts-only': { file: 'packages/messaging/src/greedy.ts', imports: '@sandgate/service-kit' },
  'service-kit-depends-on-contracts-and-messaging-only': {
    file: 'packages/service-kit/src/greedy.ts',
    imports: '@sandgate/migrations',
  },
  'packages-never-import-services': {
    file: 'packages/service-kit/src/upward.ts',
    imports: '../../../services/auth/src/free.js',
  },
  'services-are-islands': { file: 'services/auth/src/neighbour.ts', imports: '../../directory/src/free.js' },
  'the-sample-application-depends-on-nothing-of-ours': {
    file: 'examples/host-app/src/greedy.ts',
    imports: '@sandgate/contracts',
  },
  'doors-are-opened-by-service-only': {
    file: 'services/auth/src/sign-in/sign-in.ts',
    imports: '../http/sso.route.js',
  },
  'only-stores-touch-the-database': {
    file: 'services/auth/src/sign-in/direct.ts',
    imports: '../generated/prisma/client.js',
  },
  'decisions-are-pure': { file: 'services/auth/src/sign-in/decide-sign-in.ts', imports: './account-store.js' },
  'only-messaging-speaks-amqp': { file: 'services/auth/src/speaks.ts', imports: 'amqplib' },
  'only-the-http-frame-uses-express': { file: 'services/auth/src/listens.ts', imports: 'express' },
  'production-never-imports-tests': {
    file: 'services/auth/src/tested.ts',
    imports: '../../../tests/support/eventually.js',
  },
  'no-cycles': { file: 'services/auth/src/chicken.ts', imports: './egg.js' },
  'every-import-resolves': { file: 'services/auth/src/lost.ts', imports: './nowhere.js' },
};

/** What the planted files import, and some imports that are allowed. */
const bystanders: Record<string, string> = {
  'packages/contracts/package.json': manifest('@sandgate/contracts'),
  'packages/contracts/src/index.ts': 'export const word = 1;',
  'packages/messaging/package.json': manifest('@sandgate/messaging'),
  'packages/messaging/src/index.ts': "import { word } from '@sandgate/contracts';\nimport 'amqplib';\nexport { word };",
  'packages/service-kit/package.json': manifest('@sandgate/service-kit'),
  'packages/service-kit/src/index.ts': "export { word } from '@sandgate/messaging';\nimport 'express';",
  'prisma/package.json': manifest('@sandgate/migrations'),
  'prisma/src/index.ts': 'export const word = 1;',
  'services/auth/src/service.ts':
    "import './http/sso.route.js';\nimport './generated/prisma/client.js';\nimport '@sandgate/service-kit';",
  'services/auth/src/free.ts': 'export const word = 1;',
  'services/auth/src/egg.ts': "import { word } from './chicken.js';\nexport { word };",
  'services/auth/src/http/sso.route.ts': "export { word } from '../free.js';",
  'services/auth/src/sign-in/account-store.ts': "export { word } from '../generated/prisma/client.js';",
  'services/auth/src/generated/prisma/client.ts': 'export const word = 1;',
  'services/directory/src/free.ts': 'export const word = 1;',
  'tests/support/eventually.ts': 'export const word = 1;',
  'node_modules/amqplib/package.json': manifest('amqplib'),
  'node_modules/amqplib/src/index.ts': '',
  'node_modules/express/package.json': manifest('express'),
  'node_modules/express/src/index.ts': '',
};

function manifest(name: string): string {
  return JSON.stringify({ name, type: 'module', exports: { '.': { 'sandgate-source': './src/index.ts' } } });
}

describe('the import rules on a repository with one violation of each', () => {
  let folder: string;
  let result: CruiseResult;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'sandgate-rules-'));
    const files = { ...bystanders };
    for (const { file, imports } of Object.values(planted))
      files[file] = `import * as it from '${imports}';\nexport const word = it;`;
    for (const [file, text] of Object.entries(files)) {
      await mkdir(path.dirname(path.join(folder, file)), { recursive: true });
      await writeFile(path.join(folder, file), text);
    }
    await mkdir(path.join(folder, 'node_modules', '@sandgate'));
    const linked = {
      contracts: 'packages/contracts',
      messaging: 'packages/messaging',
      'service-kit': 'packages/service-kit',
      migrations: 'prisma',
    };
    for (const [name, target] of Object.entries(linked))
      await symlink(path.join(folder, target), path.join(folder, 'node_modules', '@sandgate', name));
    result = await cruise(folder);
  });

  afterAll(() => rm(folder, { recursive: true }));

  it.each(Object.entries(planted))('catch it by %s', (rule, { file }) => {
    expect(result.violations).toContainEqual(expect.objectContaining({ rule, from: file }));
  });

  it('catch nothing else', () => {
    const files = Object.values(planted).map(({ file }) => file);
    expect(
      result.violations.filter(({ from }) => !files.includes(from) && from !== 'services/auth/src/egg.ts'),
    ).toEqual([]);
  });

  it('have a planted violation each', () => {
    const { forbidden } = createRequire(import.meta.url)(path.join(root, '.dependency-cruiser.cjs')) as {
      forbidden: { name: string }[];
    };
    expect(forbidden.map(({ name }) => name).sort()).toEqual(Object.keys(planted).sort());
  });
});

import { beforeAll, describe, expect, it } from '@jest/globals';
import { root } from './cruise.js';
import { brokenRules, filesThatAcknowledge, readRepository, type SourceFile, sourceRules } from './source-rules.js';

const [environment, rawSql, secrets, machine] = [
  'the environment is read by config.ts and main.ts only',
  'SQL is never put together from strings',
  'secrets are compared by isSameSecret',
  'no file names a folder of the machine that it was written on',
];

describe('the source rules on this repository', () => {
  let files: SourceFile[];
  beforeAll(async () => {
    files = await readRepository(root);
  });

  it('look at its sources', () => {
    expect(files.map(({ name }) => name)).toContain('packages/messaging/src/outbox.ts');
  });

  it('are kept by every file (A-13 among them)', () => {
    expect(brokenRules(sourceRules(root), files)).toEqual([]);
  });

  it('let exactly one file acknowledge messages', () => {
    expect(filesThatAcknowledge(files)).toEqual([expect.stringMatching(/^packages\/messaging\/src\//)]);
  });
});

// Written in two halves, so that this file keeps the rules itself.
const planted: [rule: string | undefined, file: string, text: string][] = [
  [environment, 'services/auth/src/sign-in/sign-in.ts', "const secret = process.env['SECRET'];"],
  [environment, 'packages/service-kit/src/host.ts', 'const { env } = process;'],
  [undefined, 'services/auth/src/config.ts', 'loadConfig(process.env);'],
  [undefined, 'services/auth/src/sign-in/sign-in.test.ts', 'process.env.SECRET'],
  [rawSql, 'services/auth/src/session-store.ts', `database.$queryRaw${'Unsafe'}(sql)`],
  [rawSql, 'scripts/admin.mjs', `database.$executeRaw${'Unsafe'}(sql)`],
  [undefined, 'services/auth/src/session-store.ts', 'database.$queryRaw`select 1`'],
  [secrets, 'services/auth/src/oidc/state-cookie.ts', 'if (pending.state === state) return pending;'],
  [secrets, 'services/auth/src/sessions/session-store.ts', 'return row.tokenHash == hashOf(token);'],
  [secrets, 'services/auth/src/sessions/session-store.ts', 'if (expected !== presented.mac) return;'],
  [secrets, 'packages/service-kit/src/http/gate.ts', 'digest(credential).equals(expectedDigest)'],
  [undefined, 'services/auth/src/sessions/session-token.ts', "token === undefined || 'x' !== token || hash !== null"],
  [machine, 'docs/testing.md', `see ${root}docs`],
  [machine, 'README.md', `cd /${'home'}/somebody/sandgate`],
  [undefined, 'README.md', 'GET /api/user/current'],
];

describe('the source rules on planted files', () => {
  it.each(planted)('find %j in %s: %s', (rule, name, text) => {
    const found = brokenRules(sourceRules(root), [{ name, text }]);
    expect(found).toEqual(rule === undefined ? [] : [{ rule, file: name }]);
  });

  it('find every file that acknowledges', () => {
    const name = 'services/auth/src/events/on-anything.ts';
    expect(filesThatAcknowledge([{ name, text: 'channel.ack(message);' }])).toEqual([name]);
    expect(filesThatAcknowledge([{ name, text: 'channel.nack(message);' }])).toEqual([]);
  });
});

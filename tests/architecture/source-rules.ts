import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

export interface SourceFile {
  /** From the root of the repository, with forward slashes. */
  readonly name: string;
  readonly text: string;
}

/** What may not stand in which files; the rules that imports alone do not show. */
export interface SourceRule {
  readonly name: string;
  appliesTo(file: string): boolean;
  isBrokenBy(text: string): boolean;
}

const isProduction = (file: string): boolean =>
  /^(packages|services|standalone|examples|prisma)\/.*\.ts$/.test(file) && !file.endsWith('.test.ts');

// The last is part of a command for developers.
const readsEnvironment = /(^|\/)(config|main)\.ts$|^standalone\/|^prisma\/src\/scratch-server\.ts$/;

const isSecret = /(mac|hmac|signature|digest|hash|state|nonce|verifier|challenge|token|credential|password)$/i;
const isFixed = /^(['"`\d]|undefined$|null$|true$|false$)/;

/** Operands of `===` and its like, and of `equals` (attacks: a comparison that ends at the first difference tells how much of a guess is right). */
const comparesSecrets = (text: string): boolean =>
  [...text.matchAll(/([\w.?]+|['"`])\)?(?:\s*[!=]==?\s*|\.(?:equals|localeCompare)\()(['"`]|[\w.?]+)/g)].some(
    ([, ...operands]) => operands.some((one) => isSecret.test(one)) && !operands.some((one) => isFixed.test(one)),
  );

/** The rules for a repository in this folder. */
export const sourceRules = (folder: string): SourceRule[] => [
  {
    name: 'the environment is read by config.ts and main.ts only',
    appliesTo: (file) => isProduction(file) && !readsEnvironment.test(file),
    isBrokenBy: (text) => /\bprocess\s*\.\s*env\b|\{[^}]*\benv\b[^}]*\}\s*=\s*process\b/.test(text),
  },
  {
    name: 'SQL is never put together from strings',
    appliesTo: (file) => /\.[cm]?[jt]sx?$/.test(file),
    isBrokenBy: (text) => /\$(query|execute)Raw(Unsafe)\b/.test(text),
  },
  {
    name: 'secrets are compared by isSameSecret',
    appliesTo: (file) => isProduction(file) && !file.startsWith('examples/'),
    isBrokenBy: comparesSecrets,
  },
  {
    name: 'no file names a folder of the machine that it was written on',
    appliesTo: () => true,
    isBrokenBy: (text) =>
      foldersOfThisMachine(folder).some((name) => text.includes(name)) || /\/(home|Users)\/[a-z]\w*\//.test(text),
  },
];

// The root folder of a machine, or one level below it, is too common a word to look for.
const foldersOfThisMachine = (folder: string): string[] =>
  [folder, os.homedir()].map((name) => path.resolve(name)).filter((name) => name.split('/').length > 2);

export const brokenRules = (
  rules: readonly SourceRule[],
  files: readonly SourceFile[],
): { rule: string; file: string }[] =>
  rules.flatMap((rule) =>
    files
      .filter(({ name, text }) => rule.appliesTo(name) && rule.isBrokenBy(text))
      .map(({ name }) => ({ rule: rule.name, file: name })),
  );

/** The production files that acknowledge messages. */
export const filesThatAcknowledge = (files: readonly SourceFile[]): string[] =>
  files.filter(({ name, text }) => isProduction(name) && /\.ack(All)?\(/.test(text)).map(({ name }) => name);

const isText = (text: string): boolean => !text.includes('\0');

/** All files of the repository that git knows or would add. */
export const readRepository = async (folder: string): Promise<SourceFile[]> => {
  const args = ['ls-files', '--cached', '--others', '--exclude-standard', '--deduplicate', '-z'];
  const { stdout } = await promisify(execFile)('git', args, { cwd: folder, maxBuffer: 50_000_000 });
  const names = stdout.split('\0').filter((name) => name !== '');
  const files = await Promise.all(
    names.map(async (name) => ({ name, text: await readIfThere(path.join(folder, name)) })),
  );
  return files.filter(({ text }) => isText(text));
};

// git still lists what was deleted but not committed.
const readIfThere = (file: string): Promise<string> =>
  readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });

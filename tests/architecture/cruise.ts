import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));

export interface Violation {
  readonly rule: string;
  readonly from: string;
  readonly to: string;
}

export interface CruiseResult {
  readonly violations: Violation[];
  /** Every file that was read, with the files that it imports. */
  readonly imports: ReadonlyMap<string, readonly string[]>;
}

interface CruiseOutput {
  readonly summary: { readonly violations: readonly { rule: { name: string }; from: string; to: string }[] };
  readonly modules: readonly { source: string; dependencies: readonly { resolved: string }[] }[];
}

const workspaceFolders = ['packages', 'services', 'prisma', 'standalone', 'examples', 'tests'];

/** Runs the import rules of this repository over the workspaces below a folder. */
export const cruise = async (folder: string): Promise<CruiseResult> => {
  const program = path.join(root, 'node_modules', 'dependency-cruiser', 'bin', 'dependency-cruise.mjs');
  const config = path.join(root, '.dependency-cruiser.cjs');
  const folders = workspaceFolders.filter((name) => existsSync(path.join(folder, name)));
  const output = await run([program, '--config', config, '--output-type', 'json', ...folders], folder);
  const { summary, modules } = JSON.parse(output) as CruiseOutput;
  return {
    violations: summary.violations.map(({ rule, from, to }) => ({ rule: rule.name, from, to })),
    imports: new Map(modules.map(({ source, dependencies }) => [source, dependencies.map(({ resolved }) => resolved)])),
  };
};

// It ends with an error when it could not read everything; with this output, violations are no error.
const run = (args: readonly string[], cwd: string): Promise<string> =>
  new Promise((resolve, reject) => {
    execFile(process.execPath, args, { cwd, maxBuffer: 200_000_000 }, (error, stdout, stderr) => {
      if (error) reject(new Error(`dependency-cruiser failed: ${stderr}`, { cause: error }));
      else resolve(stdout);
    });
  });

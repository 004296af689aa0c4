import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** The points that crash-at.mjs knows, each between two effects of which the first is durable and the second is not. */
export type CrashPoint =
  | 'before-publish'
  | 'in-flight'
  | 'after-confirm'
  | 'before-ack'
  | 'before-statement'
  | 'on-delivery';

export interface CrashOptions {
  readonly point: CrashPoint;
  /** Part of the routing key, of the statement, or of the message. */
  readonly pattern?: string;
  /** It dies the so-many-th time that it reaches the point. */
  readonly onReach?: number;
}

/** What makes a process that can be ordered to die at a point, before it starts or while it runs. */
export interface Preload {
  readonly env: Readonly<Record<string, string>>;
  /** At most once. */
  order(options: CrashOptions): void;
  /** How often the point was reached, in all processes with this preload. */
  reached(): number;
}

const folder = mkdtempSync(path.join(os.tmpdir(), 'sandgate-crashes-'));
let count = 0;

/** For `afterAll`: removes what the preloads have written. */
export const removeCrashFiles = (): void => rmSync(folder, { recursive: true, force: true });

export function createPreload(): Preload {
  count += 1;
  const order = path.join(folder, `${count}.order`);
  const report = path.join(folder, `${count}.report`);
  return {
    env: {
      NODE_OPTIONS: `--import=${new URL('./crash-at.mjs', import.meta.url).href}`,
      CRASH_ORDER: order,
      CRASH_REPORT: report,
    },
    order({ point, pattern = '', onReach = 1 }) {
      // A process may look at any moment, and must not find half of it.
      writeFileSync(`${order}.new`, JSON.stringify({ point, pattern, onReach }));
      renameSync(`${order}.new`, order);
    },
    reached: () => (existsSync(report) ? readFileSync(report, 'utf8').split('\n').length - 1 : 0),
  };
}

/** Of a process that dies there. */
export function crashAt(options: CrashOptions): Preload {
  const preload = createPreload();
  preload.order(options);
  return preload;
}

import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
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

/** What makes a process die at a point. */
export interface Preload {
  readonly env: Readonly<Record<string, string>>;
  /** How often the point was reached, in all processes with this preload. */
  reached(): number;
}

export interface CrashOptions {
  readonly point: CrashPoint;
  /** Part of the routing key, of the statement, or of the message. */
  readonly pattern?: string;
  /** It dies the so-many-th time that it reaches the point. */
  readonly onReach?: number;
}

const reports = mkdtempSync(path.join(os.tmpdir(), 'sandgate-crashes-'));
let count = 0;

/** For `afterAll`: removes what the preloads have written. */
export const removeCrashReports = (): void => rmSync(reports, { recursive: true, force: true });

export function crashAt({ point, pattern = '', onReach = 1 }: CrashOptions): Preload {
  count += 1;
  const report = path.join(reports, `${count}`);
  return {
    env: {
      NODE_OPTIONS: `--import=${new URL('./crash-at.mjs', import.meta.url).href}`,
      CRASH_POINT: point,
      CRASH_PATTERN: pattern,
      CRASH_ON_REACH: String(onReach),
      CRASH_REPORT: report,
    },
    reached: () => (existsSync(report) ? readFileSync(report, 'utf8').split('\n').length - 1 : 0),
  };
}

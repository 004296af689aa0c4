import { writeFileSync } from 'node:fs';

export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** The part of jest's result that is counted. */
interface Result {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly numRuntimeErrorTestSuites: number;
}

/** Writes how many tests passed, failed and were skipped into the file of its option, for the script that started jest. */
export default class CountsReporter {
  private readonly file: string;

  constructor(_config: unknown, options: { file: string }) {
    this.file = options.file;
  }

  onRunComplete(_contexts: unknown, result: Result): void {
    const counts: Counts = {
      passed: result.numPassedTests,
      // A file that could not run has no tests to count, and has failed.
      failed: result.numFailedTests + result.numRuntimeErrorTestSuites,
      skipped: result.numPendingTests + result.numTodoTests,
    };
    writeFileSync(this.file, JSON.stringify(counts));
  }
}

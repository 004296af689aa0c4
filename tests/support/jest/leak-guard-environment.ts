import { TestEnvironment } from 'jest-environment-node';
import { disableStorages } from './disable-storages.js';
import { type Leak, openHandles } from './open-handles.js';
import { importPastJest } from './past-jest-transform.js';
import { watchTimers } from './watch-timers.js';

const graceMs = 1500;
const pollMs = 25;

// Once for all the files of a worker: the timers of a file's scope are those of Node's, where what is built runs.
const timers = watchTimers();

/**
 * Fails a test file that leaves a connection, a listener, a child process or a timer behind, and ends what it left: so a leak
 * shows where it was made, and can neither disturb the next file nor keep the run from ending.
 */
export default class LeakGuardEnvironment extends TestEnvironment {
  private readonly findLeaks: () => Leak[];

  constructor(...[config, context]: ConstructorParameters<typeof TestEnvironment>) {
    super(config, context);
    // What is built asks of whatever a test throws whether it is an `Error`, and means this one.
    Object.assign(this.global, { [Symbol.for(importPastJest)]: (address: string) => import(address), Error });
    const handles = openHandles();
    this.findLeaks = () => [...handles(), ...timers()];
  }

  /** Called by jest and awaited; after `run_finish` nothing of the file runs any more. */
  async handleTestEvent({ name }: { name: string }, state: { unhandledErrors: unknown[] }): Promise<void> {
    if (name !== 'run_finish') return;
    const leaks = await this.remainingLeaks();
    if (leaks.length > 0)
      state.unhandledErrors.push(withoutStack(`The test file left open: ${leaks.map(({ what }) => what).join('; ')}`));
  }

  override async teardown(): Promise<void> {
    for (const leak of this.findLeaks()) leak.end();
    disableStorages();
    await super.teardown();
  }

  // Closing takes a few turns of the event loop.
  private async remainingLeaks(): Promise<Leak[]> {
    const deadline = Date.now() + graceMs;
    let leaks = this.findLeaks();
    while (leaks.length > 0 && Date.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, pollMs));
      leaks = this.findLeaks();
    }
    return leaks;
  }
}

// A stack would point here, not to the leak.
const withoutStack = (message: string): Error => Object.assign(new Error(message), { stack: message });

import { createRequire } from 'node:module';
import type module from '@jest/test-sequencer';

// By its types it is no ES module, although it can be imported as one.
const { default: Sequencer }: typeof module = createRequire(import.meta.url)('@jest/test-sequencer');

type Tests = Parameters<InstanceType<typeof Sequencer>['sort']>[0];

/** Of jest.config.js: whose files start services, brokers and browsers, and take a minute however short they are. */
const slowProjects = ['resilience', 'journey', 'messaging'];

/**
 * jest runs first what took longest the last time. Where it has never run, as on a fresh clone, it goes by size, and a short file that takes a
 * minute may come last, while the other core has nothing left to do.
 */
export default class LongestFirst extends Sequencer {
  override sort(tests: Tests): Tests {
    const sorted = super.sort(tests) as Tests;
    const isSlow = ({ duration, context }: Tests[number]): boolean =>
      duration === undefined && slowProjects.includes(context.config.displayName?.name ?? '');
    return [...sorted.filter(isSlow), ...sorted.filter((test) => !isSlow(test))];
  }
}

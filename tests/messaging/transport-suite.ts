import { afterEach, beforeEach, describe } from '@jest/globals';
import type { Bench } from './bench.js';
import type { Carrier } from './carrier.js';
import { promisesOfCrashes } from './crash-promises.js';
import { promisesOfDeadLetters } from './dead-letter-promises.js';
import { promisesOfHandling } from './handling-promises.js';
import { promisesOfPublishing } from './publishing-promises.js';
import { things } from './things.js';
import { openWorkshop, runService, type Workshop } from './workshop.js';

/** What every transport promises; each test has a database and queues of its own. */
export const describeTransport = (name: string, open: (workshop: Workshop) => Promise<Carrier>): void => {
  describe(name, () => {
    const bench = {} as { -readonly [Part in keyof Bench]: Bench[Part] };
    beforeEach(async () => {
      bench.workshop = await openWorkshop();
      bench.carrier = await open(bench.workshop);
      bench.transport = bench.carrier.transport({ topology: things });
      bench.run = (settings) => runService(bench.workshop, { ...settings, transport: bench.transport });
    });
    afterEach(() => bench.workshop.close());

    promisesOfPublishing(bench);
    promisesOfHandling(bench);
    promisesOfDeadLetters(bench);
    promisesOfCrashes(bench);
  });
};

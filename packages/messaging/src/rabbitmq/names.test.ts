import { expect, it } from '@jest/globals';
import { deadQueue, defaultLayout, retryQueueAfter, workQueue } from './names.js';

const queue = 'directory.on-user-logged-in';

it('names every queue after its subscription', () => {
  expect(workQueue(defaultLayout, queue)).toBe('sandgate.directory.on-user-logged-in');
  expect(deadQueue(defaultLayout, queue)).toBe('sandgate.directory.on-user-logged-in.dead');
});

it('lets a message rest longer after each failure, and not beyond the longest', () => {
  const delays = [1, 2, 3, 4, 5].map((attempts) => retryQueueAfter(defaultLayout, queue, attempts).split('.').at(-1));

  expect(delays).toEqual(['1s', '10s', '60s', '60s', '60s']);
});

it('says delays that are no whole seconds in milliseconds', () => {
  expect(retryQueueAfter({ ...defaultLayout, retryDelaysMs: [250] }, queue, 1)).toMatch(/\.retry\.250ms$/);
});

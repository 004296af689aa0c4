import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { asyncApiDocument, errorsDocument, events, eventsDocument } from '@sandgate/contracts';

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const samples = Object.fromEntries(events.map(({ type }) => [type, read(`tests/contract/samples/${type}.json`)]));

test.each([
  ['docs/errors.md', () => errorsDocument()],
  ['docs/events.md', () => eventsDocument(samples)],
  ['docs/asyncapi.json', () => `${JSON.stringify(asyncApiDocument(), null, 2)}\n`],
])('%s says what the contracts say', (path, current) => {
  expect(read(path)).toBe(current());
});

import { expect, test } from '@jest/globals';
import { endpoints } from '@sandgate/contracts';
import type { Request } from 'express';
import { openApiDocument } from '../openapi.js';
import { parseRequest } from './parse-request.js';

const document = openApiDocument(endpoints) as {
  paths: Record<string, Record<string, { parameters?: { name: string }[]; responses: object }>>;
};
const changes = endpoints
  .filter(({ method }) => method !== 'get')
  .map((endpoint) => ({ endpoint, documented: document.paths[endpoint.path]?.[endpoint.method] }));
const unaskable = changes.filter(({ documented }) => !documented?.parameters?.some(({ name }) => name === 'dryRun'));

test.each(unaskable.map(({ endpoint }) => [`${endpoint.method} ${endpoint.path}`, endpoint] as const))(
  'the dry run of %s, which has none, is refused before anything else is looked at',
  (_name, endpoint) => {
    const request = { url: `${endpoint.path}?dryRun=true`, params: {}, headers: {} } as Request;

    expect(() => parseRequest(endpoint, request)).toThrow(
      expect.objectContaining({
        code: 'request.invalid',
        details: { faults: ['query.dryRun: this cannot be asked first'] },
      }),
    );
  },
);

test('every change documents that answer', () => {
  expect(changes.filter(({ documented }) => !Object.keys(documented?.responses ?? {}).includes('400'))).toEqual([]);
});

import { describe, expect, test } from '@jest/globals';
import { endpoints, errorCatalogue } from '@sandgate/contracts';
import { openApiDocument } from '@sandgate/service-kit';

describe('the HTTP contract', () => {
  test('no two endpoints share a method and a path', () => {
    const keys = endpoints.map(({ method, path }) => `${method} ${path}`);
    expect(new Set(keys).size).toBe(keys.length);
  });

  test('everything that is not for everybody to use says who may', () => {
    const open = endpoints.filter(({ access }) => access === 'anyone').map(({ method, path }) => `${method} ${path}`);
    expect(open.sort()).toEqual([
      'get /api/health/live',
      'get /api/health/ready',
      'get /api/openapi.json',
      'get /api/session/properties',
      'get /auth/sso',
      'get /auth/sso/callback',
      'post /api/password-reset',
      'post /api/session',
      'post /auth/sso',
    ]);
  });

  test('the OpenAPI document holds every endpoint, with its errors', () => {
    const document = openApiDocument(endpoints) as {
      openapi: string;
      paths: Record<string, Record<string, { responses: object }>>;
    };

    expect(document.openapi).toBe('3.1.0');
    for (const { method, path, errors } of endpoints) {
      const responses = document.paths[path]?.[method]?.responses ?? {};
      for (const code of errors ?? []) expect(Object.keys(responses)).toContain(String(errorCatalogue[code].status));
    }
    expect(JSON.parse(JSON.stringify(document))).toEqual(document);
  });

  test('an error code names its service and a problem', () => {
    for (const code of Object.keys(errorCatalogue)) {
      expect(code).toMatch(/^(internal_error|(request|service|auth|directory|permissions|dashboard|event)\.[a-z_]+)$/);
    }
  });
});

import { describe, expect, test } from '@jest/globals';
import {
  createSandbox,
  deleteProvider,
  deleteSigningKey,
  dryRunSignIn,
  endpoints,
  errorCatalogue,
  listRecords,
  putDataPermissions,
  putProvider,
  runQuery,
  singleSignOn,
} from '@sandgate/contracts';
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

  test('every reference in the OpenAPI document leads to a schema of it, and none to a name that was made up', () => {
    const document = openApiDocument(endpoints) as { components: { schemas: object } };
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]*)"/g)].map(([, reference]) => reference);

    const names = Object.keys(document.components.schemas);
    expect(names.sort()).toEqual(['Error', 'QueryFilter', 'RowFilter', 'RowRule']);
    expect([...new Set(references)].sort()).toEqual(names.map((name) => `#/components/schemas/${name}`));
  });

  test('what can be asked first is what docs/dry-run.md lists, and it is answered 200', () => {
    const document = openApiDocument(endpoints) as {
      paths: Record<string, Record<string, { parameters?: { name: string }[]; responses: object }>>;
    };
    const asked = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods)
        .filter(([, { parameters }]) => parameters?.some(({ name }) => name === 'dryRun'))
        .map(([method, { responses }]) => [`${method} ${path}`, Object.keys(responses).includes('200')]),
    );

    expect(Object.fromEntries(asked)).toEqual(
      Object.fromEntries(
        [
          'post /api/providers',
          'put /api/providers/{provider}',
          'delete /api/providers/{provider}',
          'post /api/providers/{provider}/keys',
          'patch /api/providers/{provider}/keys/{id}',
          'delete /api/providers/{provider}/keys/{id}',
          'put /api/password-sign-in',
          'put /api/group-sync/{provider}',
          'post /api/groups',
          'patch /api/groups/{id}',
          'delete /api/groups/{id}',
          'put /api/groups/{id}/members/{accountId}',
          'delete /api/groups/{id}/members/{accountId}',
          'put /api/data-permissions',
          'post /api/sandboxes',
          'patch /api/sandboxes/{id}',
          'delete /api/sandboxes/{id}',
        ].map((one) => [one, true]),
      ),
    );
  });

  test('text and numbers that no database can hold are refused at the door', () => {
    const nul = 'a\u0000b';
    const rule = { column: 'id', operator: 'is null' };
    const entry = { groupId: 3, databaseId: 1, access: 'none' };
    const inputs = [
      [deleteProvider.params, { provider: nul }, { provider: 'jwt' }],
      [deleteSigningKey.params, { provider: 'jwt', id: nul }, { provider: 'jwt', id: 'a' }],
      [dryRunSignIn.params, { provider: nul }, { provider: 'jwt' }],
      [listRecords.query, { code: nul }, { code: 'a' }],
      [putProvider.body, { issuer: nul }, { issuer: 'a' }],
      [putProvider.body, { audience: nul }, { audience: 'a' }],
      [putProvider.body, { emailClaim: nul }, { emailClaim: 'a' }],
      [
        putProvider.body,
        { identityProviderUri: `https://a.example/${nul}` },
        { identityProviderUri: 'https://a.example/' },
      ],
      [putDataPermissions.body, { entries: [{ ...entry, schema: nul }] }, { entries: [{ ...entry, schema: 'a' }] }],
      [putDataPermissions.body, { entries: [{ ...entry, databaseId: 2 ** 31 }] }, { entries: [entry] }],
      [createSandbox.body, { groupId: 3, tableId: 2 ** 31, rule }, { groupId: 3, tableId: 2 ** 31 - 1, rule }],
      [runQuery.body, { tableId: 2 ** 31 }, { tableId: 1 }],
      [runQuery.body, { tableId: 1, columns: [nul] }, { tableId: 1, columns: ['id'] }],
      [singleSignOn.query, { preferred_method: nul }, { preferred_method: 'oidc' }],
    ] as const;

    for (const [schema, refused, taken] of inputs)
      expect([refused, schema?.safeParse(refused).success, schema?.safeParse(taken).success]).toEqual([
        refused,
        false,
        true,
      ]);
  });

  test('an error code names its service and a problem', () => {
    for (const code of Object.keys(errorCatalogue)) {
      expect(code).toMatch(/^(internal_error|(request|service|auth|directory|permissions|dashboard|event)\.[a-z_]+)$/);
    }
  });
});

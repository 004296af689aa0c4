import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Writable } from 'node:stream';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type Ask, defineEndpoint, describePasswordSignIn, Failure } from '@sandgate/contracts';
import fc from 'fast-check';
import { Histogram, Registry } from 'prom-client';
import { z } from 'zod';
import { createLogger } from '../logger.js';
import { answer } from '../questions/ask.js';
import { createApp } from './app.js';
import { createAppServer } from './create-app-server.js';
import { page, Reply, route } from './route.js';

const siteUrl = 'http://sandgate.test';
const serviceCredential = 'a-service-credential-of-the-tests-4711';
const person = '0a2f2f2e-6f0f-4c1e-9c7e-2f6f3d1f0001';
const administrator = '0a2f2f2e-6f0f-4c1e-9c7e-2f6f3d1f0002';
const secret = 'hunter2-was-never-to-be-seen';

/** Before anything is answered that the frame asks. */
let beforeAnswer = async (): Promise<unknown> => undefined;

const ask: Ask = async (question, input) => {
  await beforeAnswer();
  const answers: Record<string, (input: never) => unknown> = {
    'auth.introspect-session': ({ token }: { token?: string }) => {
      const accountId = token?.startsWith('person-')
        ? token.slice(7)
        : { 'a-person': person, 'an-administrator': administrator }[token ?? ''];
      return accountId ? { active: true, accountId, claimsVersion: 1 } : { active: false, singleSignOn: true };
    },
    'permissions.describe-memberships': ({ accountId }: { accountId: string }) => ({
      administrator: accountId === administrator,
      groups: [],
    }),
  };
  return (await answers[question.name]?.(input as never)) as never;
};

const Thing = z.strictObject({ name: z.string() });
const base = { owner: 'auth', summary: 'a route of the tests' } as const;

const routes = [
  route(defineEndpoint({ ...base, method: 'get', path: '/open', access: 'anyone', response: Thing }), () => ({
    name: 'open',
  })),
  route(
    defineEndpoint({ ...base, method: 'get', path: '/me', access: 'person', response: Thing }),
    async ({ caller }) => {
      await new Promise((resolve) => setImmediate(resolve));
      return { name: caller.accountId };
    },
  ),
  route(
    defineEndpoint({ ...base, method: 'put', path: '/me', access: 'person', body: Thing, response: Thing }),
    ({ body }) => body,
  ),
  route(
    defineEndpoint({ ...base, method: 'get', path: '/api/me', access: 'person', response: Thing }),
    ({ caller }) => ({
      name: caller.accountId,
    }),
  ),
  route(
    defineEndpoint({ ...base, method: 'put', path: '/api/me', access: 'person', body: Thing, response: Thing }),
    ({ body }) => body,
  ),
  route(defineEndpoint({ ...base, method: 'post', path: '/api/sign-in', access: 'anyone', response: Thing }), () => ({
    name: 'signed in',
  })),
  route(
    defineEndpoint({
      ...base,
      method: 'delete',
      path: '/rehearsed',
      access: 'anyone',
      query: z.strictObject({ dryRun: z.enum(['true', 'false']) }),
      response: Thing,
    }),
    ({ query }) => ({ name: query.dryRun }),
  ),
  route(
    defineEndpoint({
      ...base,
      method: 'post',
      path: '/auth/token',
      access: 'anyone',
      fromConfiguredOrigins: true,
      headers: z.object({ 'x-client': z.string().max(8).optional() }),
      response: Thing,
    }),
    ({ headers }) => ({ name: headers['x-client'] ?? 'nobody' }),
  ),
  route(defineEndpoint({ ...base, method: 'get', path: '/admin', access: 'administrator', response: Thing }), () => ({
    name: 'admin',
  })),
  route(
    defineEndpoint({ ...base, method: 'get', path: '/operator', access: 'operator', answers: 'text' }),
    () => new Reply({ text: 'metrics' }),
  ),
  route(
    defineEndpoint({
      ...base,
      method: 'get',
      path: '/things/{id}',
      access: 'anyone',
      params: z.strictObject({ id: z.string().regex(/^\d+$/) }),
      query: z.object({ q: z.string() }),
      response: Thing,
    }),
    ({ params, query }) => ({ name: params.id + query.q }),
  ),
  route(
    defineEndpoint({ ...base, method: 'get', path: '/leak', access: 'anyone', response: Thing }),
    () => ({ name: 'x', password: secret }) as never,
  ),
  route(defineEndpoint({ ...base, method: 'get', path: '/throws', access: 'anyone', response: Thing }), () => {
    throw new Error(secret);
  }),
  route(defineEndpoint({ ...base, method: 'get', path: '/wrapped', access: 'anyone', response: Thing }), () => {
    throw new Error('outer', { cause: new Failure('permissions.not_yet_applied') });
  }),
  route(defineEndpoint({ ...base, method: 'get', path: '/refused', access: 'anyone', answers: 'redirect' }), () => {
    throw new Failure('auth.sign_in_refused', { cause: new Failure('auth.token_expired') });
  }),
  page('/page', 'person', () => new Reply({ text: '<p>page</p>' })),
];

let lines: string[] = [];
let server: Server;
let origin: string;

beforeAll(async () => {
  const sink = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk));
      done();
    },
  });
  const app = createApp({
    routes,
    answers: [
      answer(describePasswordSignIn, () => {
        throw new Error(secret);
      }),
    ],
    ask,
    siteUrl,
    serviceCredential,
    embeddingOrigins: ['https://host.test'],
    log: createLogger('test', 'debug', sink),
    requestSeconds: new Histogram({
      name: 'request_seconds',
      help: '-',
      labelNames: ['route', 'status'],
      registers: [new Registry()],
    }),
  });
  server = createAppServer(app).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));
beforeEach(() => {
  lines = [];
});

const request = async (path: string, init: RequestInit = {}) => {
  const response = await fetch(origin + path, { redirect: 'manual', ...init });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    text,
    json: text.startsWith('{') ? JSON.parse(text) : undefined,
  };
};
const as = (token: string) => ({ 'x-metabase-session': token });
const ofService = { authorization: `Bearer ${serviceCredential}`, 'content-type': 'application/json' };
const cookie = { cookie: 'other=1; sandgate.SESSION=a-person' };

describe('who may come in', () => {
  test('a route of everybody answers anybody', async () => {
    expect((await request('/open')).json).toEqual({ name: 'open' });
  });

  test.each([
    ['/me', {}, 401, 'auth.session_required'],
    ['/me', as('nobody'), 401, 'auth.session_required'],
    ['/me', as('x'.repeat(500)), 401, 'auth.session_required'],
    ['/admin', {}, 401, 'auth.session_required'],
    ['/admin', as('a-person'), 403, 'auth.administrator_required'],
    ['/operator', as('a-person'), 403, 'auth.administrator_required'],
    ['/operator', { authorization: 'Bearer a-service-credential-of-the-tests-4712' }, 401, 'auth.session_required'],
    ['/internal/auth.introspect-session', {}, 401, 'service.credential_required'],
    ['/internal/anything', as('an-administrator'), 401, 'service.credential_required'],
  ])('A-71 A-79: %s with %j answers %i %s', async (path, headers, status, code) => {
    const answer = await request(path, { headers: headers as Record<string, string> });
    expect([answer.status, answer.json.code]).toEqual([status, code]);
  });

  test.each([cookie, as('a-person'), { authorization: 'Bearer a-person' }])(
    'a session by %j is accepted',
    async (headers) => {
      expect((await request('/me', { headers })).json).toEqual({ name: person });
    },
  );

  test('an administrator and the service credential may use an operator’s route', async () => {
    expect((await request('/operator', { headers: as('an-administrator') })).text).toBe('metrics');
    expect((await request('/operator', { headers: { authorization: `Bearer ${serviceCredential}` } })).text).toBe(
      'metrics',
    );
  });

  test('A-79: identity headers of the outside mean nothing', async () => {
    const headers = { 'x-user-id': administrator, 'x-forwarded-user': administrator, 'x-forwarded-for': '127.0.0.1' };
    expect((await request('/me', { headers })).status).toBe(401);
  });

  test('A-35: interleaved requests never get each other’s caller', async () => {
    const names = Array.from({ length: 64 }, (_, index) => `user-${index}`);
    const asked = Array.from({ length: 20 }, () => names).flat();
    const answers = await Promise.all(asked.map((name) => request('/me', { headers: as(`person-${name}`) })));
    expect(answers.map(({ json }) => json.name)).toEqual(asked);
  });

  test('A-35: in whatever order it is answered who they are, nobody gets another’s caller', async () => {
    const names = Array.from({ length: 8 }, (_, index) => `user-${index}`);
    await fc.assert(
      fc
        .asyncProperty(fc.scheduler(), async (scheduler) => {
          let asked = 0;
          const everybodyIsIn = new Promise<void>((resolve) => {
            beforeAnswer = () => {
              asked += 1;
              if (asked === names.length + 2) resolve();
              return scheduler.schedule(Promise.resolve());
            };
          });
          const answers = Promise.all([
            ...names.map((name) => request('/me', { headers: as(`person-${name}`) })),
            request('/admin', { headers: as('an-administrator') }),
            request('/admin', { headers: as('a-person') }),
          ]);
          await everybodyIsIn;
          const told = await scheduler.waitFor(answers);
          expect(told.map(({ status, json }) => (status === 200 ? json.name : status))).toEqual([
            ...names,
            'admin',
            403,
          ]);
        })
        .afterEach(() => {
          beforeAnswer = async () => undefined;
        }),
      { numRuns: 50 },
    );
  });

  test('a page sends a browser without a session to sign in, with path and query', async () => {
    const answer = await request('/page?a=1&b=2');
    expect([answer.status, answer.headers.get('location')]).toEqual([
      302,
      '/auth/sso?return_to=%2Fpage%3Fa%3D1%26b%3D2',
    ]);
  });
});

test.each<Record<string, string>>([
  { 'x-api-key': 'a-person' },
  { 'x-api-key': 'sgk_a-person' },
  { authorization: 'Bearer sgk_a-person' },
  { ...cookie, 'x-api-key': 'a-person' },
])('A-22: an API key opens no page, nor does a session that is sent as one: %j', async (headers) => {
  const answer = await request('/page', { headers });
  expect([answer.status, answer.headers.get('location')]).toEqual([302, '/auth/sso?return_to=%2Fpage']);
});

describe('a cookie signs only what this site asks for', () => {
  const put = (headers: Record<string, string>) =>
    request('/me', {
      method: 'PUT',
      body: '{"name":"x"}',
      headers: { 'content-type': 'application/json', ...headers },
    });

  test.each([
    [{ ...cookie }, 403],
    [{ ...cookie, origin: 'null' }, 403],
    [{ ...cookie, origin: 'http://sandgate.test.evil.example' }, 403],
    [{ ...cookie, origin: siteUrl }, 200],
    [as('a-person'), 200],
  ])('%j: %i', async (headers, status) => {
    expect((await put(headers as Record<string, string>)).status).toBe(status);
  });
});

describe('a request that sets a cookie', () => {
  const post = (path: string, headers: Record<string, string>) => request(path, { method: 'POST', headers });

  test.each([
    ['/api/sign-in', 'https://host.test', 403],
    ['/api/sign-in', siteUrl, 200],
    ['/auth/token', 'https://host.test', 200],
    ['/auth/token', siteUrl, 200],
    ['/auth/token', 'https://evil.example', 403],
    ['/auth/token', 'https://host.test.evil.example', 403],
    ['/auth/token', 'null', 403],
  ])('A-28: to %s from a page of %s answers %i', async (path, origin, status) => {
    expect((await post(path, { origin })).status).toBe(status);
  });

  test('gets the headers that the endpoint names, checked like everything else', async () => {
    expect((await post('/auth/token', { 'x-client': 'sdk', 'x-other': 'y' })).json).toEqual({ name: 'sdk' });
    const refused = await post('/auth/token', { 'x-client': 'much too long' });
    expect([refused.status, refused.json.details.faults]).toEqual([
      400,
      [expect.stringMatching(/^header\.x-client: /)],
    ]);
  });
});

describe('what comes in is parsed once', () => {
  test.each([
    ['/things/7?q=a', 200],
    ['/things/x?q=a', 400],
    ['/things/7', 400],
    ['/things/7?q=a&q=b', 400],
    ['/things/%E0%A4%A', 400],
  ])('%s: %i', async (path, status) => {
    expect((await request(path)).status).toBe(status);
  });

  test('every fault is named at once', async () => {
    expect((await request('/things/x')).json.details.faults).toHaveLength(2);
  });

  test.each([
    ['{"name":', 'application/json', 415, 'request.not_json'],
    ['name=x', 'application/x-www-form-urlencoded', 415, 'request.not_json'],
    ['{"name":"x","isAdministrator":true}', 'application/json', 400, 'request.invalid'],
    [`{"name":"${'x'.repeat(300_000)}"}`, 'application/json', 413, 'request.too_large'],
  ])('a body like %j of type %s is refused with %i %s', async (body, type, status, code) => {
    const answer = await request('/me', { method: 'PUT', body, headers: { 'content-type': type, ...as('a-person') } });
    expect([answer.status, answer.json.code]).toEqual([status, code]);
  });

  test.each(['dryRun=true', 'dryRun=false', 'dry_run=true', 'x=1&DryRun'])(
    'a change that cannot be asked first is not made when it is asked by ?%s',
    async (query) => {
      const answer = await request(`/api/sign-in?${query}`, { method: 'POST' });

      expect([answer.status, answer.json.code]).toEqual([400, 'request.invalid']);
      expect(answer.json.details.faults).toEqual([expect.stringContaining('cannot be asked first')]);
    },
  );

  test('what can be asked first is, a question is none, and any other parameter changes nothing', async () => {
    expect((await request('/rehearsed?dryRun=true', { method: 'DELETE' })).json).toEqual({ name: 'true' });
    expect((await request('/open?dryRun=true')).status).toBe(200);
    expect((await request('/api/sign-in?sdk=1', { method: 'POST' })).status).toBe(200);
  });

  test('an unknown address is 404, a wrong method 405 with what is allowed', async () => {
    expect((await request('/nothing')).json.code).toBe('request.not_found');
    const wrong = await request('/me', { method: 'DELETE' });
    expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'GET, PUT']);
  });
});

describe('what services ask', () => {
  const address = `/internal/${describePasswordSignIn.name}`;

  test.each([
    ['that is not JSON', '{', 415, 'request.not_json'],
    ['of another form', '[]', 400, 'request.invalid'],
    ['of more than a megabyte', JSON.stringify('x'.repeat(1024 * 1024)), 413, 'request.too_large'],
  ])('a question %s is refused', async (_what, body, status, code) => {
    const answer = await request(address, { method: 'POST', body, headers: ofService });
    expect([answer.status, answer.json.code]).toEqual([status, code]);
  });

  test.each([
    ['by another method', address, 'PUT'],
    ['that nobody answers', '/internal/auth.nothing', 'POST'],
  ])('a question %s is unknown', async (_what, path, method) => {
    const answer = await request(path, { method, body: '{}', headers: ofService });
    expect([answer.status, answer.json.code]).toEqual([404, 'request.not_found']);
  });
});

describe('what goes out', () => {
  test('an undeclared field of a response never leaves', async () => {
    const answer = await request('/leak');
    expect(answer.status).toBe(500);
    expect(answer.text).not.toContain(secret);
  });

  test('an unknown error shows an id and nothing else, and the log has it under that id', async () => {
    const answer = await request('/throws');
    expect(answer.json).toEqual({
      code: 'internal_error',
      message: expect.any(String),
      id: expect.stringMatching(/^[0-9a-f]{32}$/),
    });
    expect(lines.filter((line) => line.includes(answer.json.id) && line.includes('"level":50'))).toHaveLength(1);
  });

  test.each<[string, string, RequestInit, string]>([
    ['an unknown address', `/nothing/${secret}?jwt=${secret}`, {}, 'request.not_found'],
    ['a wrong method', '/me', { method: 'DELETE' }, 'request.method_not_allowed'],
    ['a malformed address', '/things/%E0%A4%A', {}, 'request.invalid'],
    ['a question without the credential', '/internal/auth.ask', { method: 'POST' }, 'service.credential_required'],
    [
      'a question that cannot be answered',
      '/internal/auth.describe-password-sign-in',
      { method: 'POST', body: '{}', headers: ofService },
      'internal_error',
    ],
  ])('the id of %s leads to one line with the code, without the address', async (_what, path, init, code) => {
    const { json } = await request(path, init);

    expect(json).toMatchObject({ code, id: expect.stringMatching(/^[0-9a-f]{32}$/) });
    expect(lines.filter((line) => line.includes(json.id))).toEqual([expect.stringContaining(`"code":"${code}"`)]);
    if (code !== 'internal_error') expect(lines.join()).not.toContain(secret);
  });

  test('an answer and its line belong to the trace of the request', async () => {
    const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
    const headers = { traceparent: `00-${traceId}-00f067aa0ba902b7-01` };
    expect((await request('/nothing', { headers })).json.id).toBe(traceId);
  });

  test('a named error keeps its code and its Retry-After when it is wrapped', async () => {
    const answer = await request('/wrapped');
    expect([answer.status, answer.json.code, answer.headers.get('retry-after')]).toEqual([
      503,
      'permissions.not_yet_applied',
      '1',
    ]);
  });

  test('A-17: a refused sign-in is the same to the byte each time, and only the log has the reason', async () => {
    const [first, second] = [await request('/refused'), await request('/refused')];
    expect(first.text).toBe(second.text);
    expect(first.text).not.toContain('expired');
    expect(lines.join()).toContain('"reason":"auth.token_expired"');
  });

  test('A-43: an error page for a browser is escaped HTML', async () => {
    const answer = await request('/nothing?<script>', { headers: { accept: 'text/html' } });
    expect(answer.headers.get('content-type')).toContain('text/html');
    expect(answer.text).not.toContain('<script>');
  });

  test('A-51: only this site and the configured origins may frame it, and nothing refers to it', async () => {
    const { headers } = await request('/open');
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'self' https://host.test");
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('cache-control')).toBe('no-store');
  });

  test.each([
    ['/api/me', as('a-person'), 200],
    ['/api/me', {}, 401],
    ['/api/nothing', {}, 404],
    ['/API/me', {}, 401],
  ])('A-51: a page of a configured origin may read %s with %j, be it %i', async (path, headers, status) => {
    const answer = await request(path, { headers: { ...(headers as object), origin: 'https://host.test' } });

    expect(answer.status).toBe(status);
    expect(answer.headers.get('access-control-allow-origin')).toBe('https://host.test');
    expect(answer.headers.get('access-control-allow-credentials')).toBeNull();
    expect(answer.headers.get('vary')).toBe('Origin');
  });

  test.each([
    'null',
    '*',
    'https://evil.example',
    'http://host.test',
    'https://host.test:8443',
    'https://host.test.evil.example',
    'https://evil-host.test',
    'https://a.host.test',
    'https://host.test/',
    'https://HOST.test',
    'https://host.test, https://evil.example',
    siteUrl,
  ])('A-51: a page of %s may read nothing, and cannot ask beforehand', async (origin) => {
    const preflight = { origin, 'access-control-request-method': 'PUT', 'access-control-request-headers': 'x-a' };
    const answers = [
      await request('/api/me', { headers: { ...as('a-person'), origin } }),
      await request('/api/me', { method: 'OPTIONS', headers: preflight }),
    ];

    expect(answers.map(({ status }) => status)).toEqual([200, 405]);
    for (const { headers } of answers) {
      expect([...headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([]);
      expect(headers.get('vary')).toBe('Origin');
    }
  });

  test('A-51: a page of a configured origin may send an API key or a session as a header, and no cookie', async () => {
    for (const name of ['x-api-key', 'x-metabase-session', 'authorization']) {
      const answer = await request('/api/me', {
        method: 'OPTIONS',
        headers: {
          origin: 'https://host.test',
          'access-control-request-method': 'GET',
          'access-control-request-headers': name,
        },
      });
      const allowed = answer.headers.get('access-control-allow-headers')?.toLowerCase().split(', ') ?? [];

      expect(answer.status).toBe(204);
      // Fetch standard, section 4.8: the star stands for any name but `authorization`, and for none where credentials are allowed.
      expect(allowed).toContain(name === 'authorization' ? name : '*');
      expect(answer.headers.get('access-control-allow-credentials')).toBeNull();
    }
  });

  test('A-51: what a browser asks beforehand is answered for every route of the API, and for nothing else', async () => {
    const headers = { origin: 'https://host.test', 'access-control-request-method': 'PUT' };
    const asked = (path: string) => request(path, { method: 'OPTIONS', headers });
    const answer = await asked('/api/me');

    expect([answer.status, answer.text]).toEqual([204, '']);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'access-control-allow-origin': 'https://host.test',
      'access-control-allow-methods': 'GET, PUT',
      'access-control-allow-headers': '*, Authorization',
    });
    expect((await asked('/auth/token')).headers.get('access-control-allow-methods')).toBe('POST');
    expect((await asked('/api/nothing')).status).toBe(404);
    for (const path of ['/page', '/internal/auth.introspect-session', '/me'])
      expect((await asked(path)).headers.get('access-control-allow-origin')).toBeNull();
  });

  test('A-27 A-83: one log line a request, with neither query nor header', async () => {
    await request(`/open?jwt=${secret}`, { headers: { ...as(secret), 'user-agent': secret } });
    expect(lines).toHaveLength(1);
    expect(lines[0]).not.toContain(secret);
  });
});

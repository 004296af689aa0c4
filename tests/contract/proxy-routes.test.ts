import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import * as contracts from '@sandgate/contracts';

const { endpoints, errorCatalogue, serviceNames } = contracts;
const configuration = readFileSync(new URL('../../deploy/proxy.conf.template', import.meta.url), 'utf8');

interface Location {
  /** Regular expressions come before prefixes, the longest prefix before shorter ones. */
  readonly matches: (path: string) => boolean;
  readonly rank: number;
  readonly goesTo: string;
}

const locations: readonly Location[] = [...configuration.matchAll(/location (~\* )?([^@\s]\S*) \{([^}]*)/g)].map(
  ([, caseless, pattern = '', block = '']) => ({
    matches: (path) => (caseless ? new RegExp(pattern, 'i').test(path) : path.startsWith(pattern)),
    rank: caseless ? Number.POSITIVE_INFINITY : pattern.length,
    goesTo: /proxy_pass http:\/\/\$(\w+);/.exec(block)?.[1] ?? `${/return (\d+)/.exec(block)?.[1]}`,
  }),
);

const destinationOf = (path: string): string | undefined =>
  locations.filter(({ matches }) => matches(path)).sort((a, b) => b.rank - a.rank)[0]?.goesTo;

/** The map of the template, as PCRE reads it; nothing in it means anything else in JavaScript. */
const readingOrigin = (origin: string, configured: string): string => {
  const pattern =
    /map "\$http_origin\|\$\{SANDGATE_EMBEDDING_ORIGINS\}" \$reading_origin \{[^"]*"";\s+"~(\S.*)" \$origin;/.exec(
      configuration,
    )?.[1];
  return new RegExp(pattern ?? 'the map is gone', '').exec(`${origin}|${configured}`)?.groups?.['origin'] ?? '';
};

const sample = (path: string): string =>
  path.replaceAll('{accountId}', '0b9e5a9c-1c1f-4f5e-9d0a-3a8f6f1c2b7d').replaceAll(/\{\w+\}/g, '1');

/** Names of everything that services ask each other. */
const questions = Object.values(contracts as Record<string, unknown>)
  .flatMap((value) => (typeof value === 'object' && value !== null ? [value, ...Object.values(value)] : []))
  .filter((value) => typeof value === 'object' && value !== null && 'answeredBy' in value && 'name' in value)
  .map(({ name }) => String(name));

describe('the reverse proxy', () => {
  test.each(endpoints.filter(({ owner }) => owner !== 'every service').map((one) => [one.method, one.path, one.owner]))(
    'takes %s %s to %s',
    (_method, path, owner) => {
      expect(destinationOf(sample(path))).toBe(owner);
    },
  );

  test.each([
    '/',
    '/login',
    '/auth/logout',
    '/auth/arrived',
    '/tables/sample-database/public/invoices',
    '/assets/sandgate.css',
    '/api/health/ready',
  ])('takes %s to dashboard', (path) => {
    expect(destinationOf(path)).toBe('dashboard');
  });

  test('has no way to what is for the inside, however it is spelt', () => {
    const inside = ['/metrics', '/metrics/', '/internal', ...questions.map((name) => `/internal/${name}`)];
    expect(inside.length).toBeGreaterThan(10);
    for (const path of inside)
      for (const spelt of [path, path.toUpperCase(), path.replace('i', 'I')]) expect(destinationOf(spelt)).toBe('404');
  });

  test('knows an address for every service, and no other', () => {
    const known = [...configuration.matchAll(/set \$(\w+) (\w+):8000;/g)];
    expect(known.map(([, name]) => name).sort()).toEqual([...serviceNames].sort());
    for (const [, name, host] of known) expect(host).toBe(name);
  });

  test('writes no query string and no referrer to its log', () => {
    const format = /log_format without_query escape=json\s+([^;]+);/.exec(configuration)?.[1] ?? '';
    const written = [...format.matchAll(/\$(\w+)/g)].map(([, name]) => name);

    expect(written).toContain('uri');
    for (const name of ['request', 'request_uri', 'args', 'query_string', 'http_referer', 'http_cookie'])
      expect(written).not.toContain(name);
    expect(configuration.match(/access_log .*;/g)).toEqual([
      'access_log /dev/stdout without_query;',
      'access_log off;',
    ]);
    expect(configuration.match(/error_log .*;/g)).toEqual(['error_log /dev/stderr emerg;']);
  });

  test.each([
    ['https://app.example', 'https://app.example'],
    ['https://app.example', 'http://a.example https://app.example,https://b.example'],
    ['https://app.example', 'http://a.example, https://app.example/'],
    ['http://localhost:8080', 'http://localhost:8080'],
  ])('A-51: lets %s read its own answers where the origins are %j', (origin, configured) => {
    expect(readingOrigin(origin, configured)).toBe(origin);
  });

  test.each([
    ['https://app.example', 'https://app.example.evil.example'],
    ['https://app.example', 'https://app.example:8443'],
    ['https://app.example', 'https://app-example https://xapp.example'],
    ['https://app.exampl', 'https://app.example'],
    ['http://app.example', 'https://app.example'],
    ['null', 'null https://app.example'],
    ['*', 'https://app.example'],
    ['', 'https://app.example'],
    ['https://app.example', ''],
    ['https://a.example https://b.example', 'https://a.example https://b.example'],
    ['https://evil.example|https://app.example', 'https://app.example'],
    ['https://.*', 'https://app.example'],
  ])('A-51: lets %j read nothing where the origins are %j', (origin, configured) => {
    expect(readingOrigin(origin, configured)).toBe('');
  });

  test('answers in the error codes of the API', () => {
    const answers = [...configuration.matchAll(/return (\d+) '(.*)';/g)];

    expect(answers.length).toBeGreaterThan(0);
    for (const [, status, body = ''] of answers) {
      const { code } = JSON.parse(body) as { code: keyof typeof errorCatalogue };
      expect(String(errorCatalogue[code].status)).toBe(status);
    }
  });
});

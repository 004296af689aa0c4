import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { authSettings } from '@sandgate/auth';
import { type ServiceName, serviceNames } from '@sandgate/contracts';
import { dashboardSettings } from '@sandgate/dashboard';
import { directorySettings } from '@sandgate/directory';
import { loadConfig, serviceSettings } from '@sandgate/service-kit';
import { parse } from 'yaml';
import { z } from 'zod';

interface ComposeService {
  readonly image: string;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly ports?: readonly string[];
  readonly [setting: string]: unknown;
}

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const text = read('docker-compose.yml');
const { services } = parse(text, { merge: true }) as { services: Readonly<Record<string, ComposeService>> };
const dockerfile = read('Dockerfile');
const example = new Map(
  [...read('.env.example').matchAll(/^([A-Z_]+)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value]),
);
const isSecret = (name: string): boolean => example.get(name) === '<secret>';

/** As compose fills in variables, from the inside out: `${NAME}`, `${NAME:-default}`, `${NAME:?what to do}`. */
const filledIn = (value: string, env: ReadonlyMap<string, string>): string => {
  const filled = value.replaceAll(
    /\$\{(\w+)(?::[-?]([^${}]*))?\}/g,
    (_whole, name, otherwise = '') => env.get(name) || otherwise,
  );
  return filled === value ? value : filledIn(filled, env);
};

const env = new Map(
  [...example].map(([name, value]) => [name, isSecret(name) ? `${name}-0123456789abcdefghijklmnopqrstuv` : value]),
);
const environmentOf = (service: string): Record<string, string> =>
  Object.fromEntries(
    Object.entries(services[service]?.environment ?? {}).map(([name, value]) => [name, filledIn(value, env)]),
  );

const settings: Readonly<Record<ServiceName, z.ZodObject>> = {
  auth: z.object({ ...serviceSettings, ...authSettings }),
  directory: z.object({ ...serviceSettings, ...directorySettings }),
  permissions: z.object(serviceSettings),
  dashboard: z.object({ ...serviceSettings, ...dashboardSettings }),
};

describe('the compose file', () => {
  test('takes exactly the variables that .env.example explains', () => {
    const used = new Set([...text.matchAll(/\$\{(\w+)/g)].map(([, name]) => name));
    expect([...used].sort()).toEqual([...example.keys()].sort());
  });

  test('stops without a secret, and has a default for none', () => {
    for (const name of [...example.keys()].filter(isSecret)) {
      expect(text).toContain(`\${${name}:?`);
      expect(text).not.toContain(`\${${name}:-`);
    }
  });

  test.each([...serviceNames])('gives %s the settings that it takes, and no other', (service) => {
    const environment = environmentOf(service);

    expect(() => loadConfig(settings[service], environment)).not.toThrow();
    expect(Object.keys(settings[service].shape)).toEqual(expect.arrayContaining(Object.keys(environment)));
  });

  test.each([...serviceNames])('runs %s as a database role and a broker user of its own', (service) => {
    const { DATABASE_URL, AMQP_URL } = environmentOf(service);
    expect(new URL(DATABASE_URL ?? '').username).toBe(`sandgate_${service}`);
    expect(new URL(AMQP_URL ?? '').username).toBe(service);
  });

  test('opens the proxy and the host application to this machine, and nothing else', () => {
    const ports = Object.entries(services).flatMap(([name, { ports: published = [] }]) =>
      published.map((port) => [name, port]),
    );
    expect(ports).toEqual([
      ['proxy', '127.0.0.1:${PORT:-3000}:80'],
      ['host-app', '127.0.0.1:${HOST_APP_PORT:-8080}:8080'],
    ]);
    for (const service of Object.values(services)) expect(service).not.toHaveProperty('network_mode');
  });

  test('lets every image be replaced', () => {
    for (const { image } of Object.values(services)) expect(image).toMatch(/^\$\{[A-Z]+_IMAGE:-.+\}$/);
    expect(dockerfile.match(/^FROM .*$/gm)?.every((line) => line.startsWith('FROM ${NODE_IMAGE}'))).toBe(true);
  });

  test('runs what is built from here without rights and on a file system that it cannot change', () => {
    const own = Object.values(services).filter((service) => 'build' in service);
    expect(own).toHaveLength(8);
    for (const service of own)
      expect(service).toMatchObject({ read_only: true, cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'] });
    expect(dockerfile).toMatch(/^USER node$/m);
  });
});

describe('the image', () => {
  test('installs what every part of it that runs needs', () => {
    const workspaces = [
      'packages/contracts',
      'packages/messaging',
      'packages/service-kit',
      'prisma',
      'standalone',
      'examples/host-app',
    ];
    for (const folder of [...workspaces, ...serviceNames.map((name) => `services/${name}`)])
      expect(dockerfile).toContain(`COPY ${folder}/package.json ${folder}/`);
  });
});

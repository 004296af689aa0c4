import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { ConfigInvalid, loadConfig, setting } from './config.js';

const schema = z.object({
  PORT: setting.port.default(3000),
  SANDGATE_SECRET: setting.secret,
  SANDGATE_SITE_URL: setting.origin,
  SANDGATE_DEMO: setting.boolean.default(true),
});
const cookieSchema = z.object({
  SANDGATE_SITE_URL: setting.origin,
  SANDGATE_COOKIE_SAMESITE: setting.sameSite.default('lax'),
  SANDGATE_EMBEDDING_ORIGINS: setting.origins.default([]),
});
const secret = '4f1c9a7be2d86035a1c4e7f90b2d5836';

const faultsOf = (env: NodeJS.ProcessEnv, of: z.ZodObject = schema): readonly string[] => {
  try {
    loadConfig(of, env);
  } catch (error) {
    if (error instanceof ConfigInvalid) return error.faults;
    throw error;
  }
  return [];
};

describe('configuration', () => {
  test('is frozen, with defaults for tuning values', () => {
    const config = loadConfig(schema, {
      SANDGATE_SECRET: secret,
      SANDGATE_SITE_URL: 'https://d.example/',
      HOME: '/root',
    });

    expect(config).toEqual({
      PORT: 3000,
      SANDGATE_SECRET: secret,
      SANDGATE_SITE_URL: 'https://d.example',
      SANDGATE_DEMO: true,
    });
    expect(Object.isFrozen(config)).toBe(true);
  });

  test('names every fault at once, and repeats no value', () => {
    const faults = faultsOf({
      PORT: '80a',
      SANDGATE_SECRET: 'hunter2',
      SANDGATE_SITE_URL: '',
      SANDGATE_DEMO: 'yes',
      SANDGATE_DEMOO: 'true',
    });

    expect(faults).toHaveLength(5);
    for (const name of ['PORT', 'SANDGATE_SECRET', 'SANDGATE_SITE_URL', 'SANDGATE_DEMO:', 'SANDGATE_DEMOO']) {
      expect(faults.filter((fault) => fault.startsWith(name))).toHaveLength(1);
    }
    expect(faults.join()).not.toContain('hunter2');
  });

  test.each(['', 'short', 'secret', 'a'.repeat(64), 'secret'.repeat(10), 'your-256-bit-secret-your-256-bit-secret'])(
    'A-11: %j is no secret',
    (weak) => {
      expect(faultsOf({ SANDGATE_SECRET: weak, SANDGATE_SITE_URL: 'http://localhost:3000' })).toHaveLength(1);
    },
  );

  test.each(['https://a.example/path', 'ftp://a.example', 'a.example', 'https://user@a.example'])(
    '%j is no origin',
    (origin) => {
      expect(faultsOf({ SANDGATE_SECRET: secret, SANDGATE_SITE_URL: origin })).toHaveLength(1);
    },
  );

  test.each([
    ['http://dashboards.example', 'None', ['SANDGATE_COOKIE_SAMESITE: none needs a SANDGATE_SITE_URL with https']],
    ['http://localhost.evil.example', 'none', ['SANDGATE_COOKIE_SAMESITE: none needs a SANDGATE_SITE_URL with https']],
    ['http://dashboards.example', 'sometimes', ['SANDGATE_COOKIE_SAMESITE: must be lax, strict or none']],
    ['http://dashboards.example', 'Strict', []],
    ['https://dashboards.example', 'none', []],
    ['http://localhost:3000', 'none', []],
    ['http://127.0.0.1:3000', 'none', []],
    ['http://[::1]:3000', 'none', []],
    ['http://dashboards.localhost', 'none', []],
  ])('A-49: at %s a cookie with SameSite %s has the faults %j', (siteUrl, sameSite, faults) => {
    expect(faultsOf({ SANDGATE_SITE_URL: siteUrl, SANDGATE_COOKIE_SAMESITE: sameSite }, cookieSchema)).toEqual(faults);
  });

  test('a cookie that browsers would not take is listed beside every other fault', () => {
    const env = { SANDGATE_SITE_URL: 'http://dashboards.example', SANDGATE_COOKIE_SAMESITE: 'none' };

    expect(faultsOf({ ...env, SANDGATE_EMBEDDING_ORIGINS: '*', SANDGATE_COOKIE: 'x' }, cookieSchema)).toHaveLength(3);
  });

  test('origins are kept as browsers write them', () => {
    const env = {
      SANDGATE_SITE_URL: 'https://d.example',
      SANDGATE_EMBEDDING_ORIGINS: 'https://App.example/, http://b:80',
    };

    expect(loadConfig(cookieSchema, env).SANDGATE_EMBEDDING_ORIGINS).toEqual(['https://app.example', 'http://b']);
  });
});

import { randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { readConfig } from './config.js';

const env = {
  DATABASE_URL: 'postgres://auth:secret@postgres/sandgate',
  AMQP_URL: 'amqp://auth:secret@rabbitmq',
  AUTH_URL: 'http://auth:8000',
  DIRECTORY_URL: 'http://directory:8000',
  PERMISSIONS_URL: 'http://permissions:8000',
  DASHBOARD_URL: 'http://dashboard:8000',
  SANDGATE_SERVICE_CREDENTIAL: randomBytes(32).toString('hex'),
  SANDGATE_SITE_URL: 'https://dashboards.example',
  SANDGATE_ADMIN_EMAIL: 'admin@dashboards.example',
  SANDGATE_ADMIN_PASSWORD: 'correct horse battery',
  SANDGATE_JWT_SHARED_SECRET: randomBytes(32).toString('hex'),
};

describe('the environment of auth', () => {
  test('has defaults for what is no secret', () => {
    const config = readConfig(env);

    expect(config).toMatchObject({ SESSION_MAX_AGE_SECONDS: 1_209_600, PORT: 8000 });
    expect(config.SANDGATE_JWT_IDENTITY_PROVIDER_URI).toBeUndefined();
  });

  test.each([
    ['nothing', ''],
    ['one byte', 'a'],
    ['31 bytes', 'abcdefghijklmnopqrstuvwxyz01234'],
    ['a sample', 'secret'],
    ['one letter 64 times', 'a'.repeat(64)],
    ['a sample again and again', 'your-256-bit-secret'.repeat(3)],
  ])('A-11: stops the start with a signing key of %s, without repeating it', (_what, weak) => {
    const attempt = () => readConfig({ ...env, SANDGATE_JWT_SHARED_SECRET: weak });

    expect(attempt).toThrow('SANDGATE_JWT_SHARED_SECRET');
    if (weak.length > 1) expect(attempt).not.toThrow(weak);
  });

  test('lists every fault at once', () => {
    expect(() =>
      readConfig({
        ...env,
        SANDGATE_ADMIN_EMAIL: 'm\u0131ke@x.y',
        SANDGATE_ADMIN_PASSWORD: 'short',
        SESSION_MAX_AGE_SECONDS: '1e9',
        SANDGATE_TYPO: '1',
      }),
    ).toThrow(/SANDGATE_ADMIN_EMAIL: .*SANDGATE_ADMIN_PASSWORD: .*SESSION_MAX_AGE_SECONDS: .*SANDGATE_TYPO/s);
  });
});

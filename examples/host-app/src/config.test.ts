import { expect, test } from '@jest/globals';
import { readConfig } from './config.js';

const complete = {
  SANDGATE_SITE_URL: 'http://localhost:3000',
  SANDGATE_JWT_SHARED_SECRET: 'a signing key of the tests, longer than 32 bytes',
};

test('the site and the shared secret are all that has to be set', () => {
  const config = readConfig(complete);

  expect(config).toMatchObject({
    port: 8080,
    sandgate: { siteUrl: 'http://localhost:3000', sharedSecret: complete.SANDGATE_JWT_SHARED_SECRET },
    analyticsPath: '/tables/sample-database/public/invoices',
  });
});

test('without a session secret, every start makes another one', () => {
  expect(readConfig(complete).sessionSecret).not.toBe(readConfig(complete).sessionSecret);
});

test('all faults are listed at once', () => {
  const read = () =>
    readConfig({
      HOST_APP_PORT: '80x',
      SANDGATE_SITE_URL: 'localhost:3000',
      HOST_APP_SESSION_SECRET: 'short',
      HOST_APP_ANALYTICS_PATH: '//evil.example',
    });

  for (const name of [
    'HOST_APP_PORT',
    'SANDGATE_SITE_URL',
    'SANDGATE_JWT_SHARED_SECRET',
    'HOST_APP_SESSION_SECRET',
    'HOST_APP_ANALYTICS_PATH',
  ]) {
    expect(read).toThrow(name);
  }
});

test.each(['', '0', '65536', ' 8080', '0x1F90', '8080.5'])('%j is not taken for a port', (port) => {
  expect(() => readConfig({ ...complete, HOST_APP_PORT: port })).toThrow('HOST_APP_PORT');
});

test.each(['', 'ftp://a.example', 'https://a.example/path', 'https://user@a.example', 'https://a.example?x'])(
  '%j is not taken for the origin of Sandgate',
  (siteUrl) => {
    expect(() => readConfig({ ...complete, SANDGATE_SITE_URL: siteUrl })).toThrow('SANDGATE_SITE_URL');
  },
);

test('the session secret may not be the one that is shared with Sandgate', () => {
  const same = { ...complete, HOST_APP_SESSION_SECRET: complete.SANDGATE_JWT_SHARED_SECRET };

  expect(() => readConfig(same)).toThrow('must differ');
});

import { expect, test } from '@jest/globals';
import { boundedFetch } from './bounded-fetch.js';

test.each(['http://169.254.169.254/latest/meta-data', 'http://10.0.0.1/', 'file:///etc/passwd', 'http://u@localhost/'])(
  'A-84: nothing is fetched from %s, whoever names it',
  async (url) => {
    const options = { method: 'GET', headers: {}, body: undefined, redirect: 'manual' } as const;

    await expect(boundedFetch(url, options)).rejects.toThrow('an address that a provider may not have');
  },
);

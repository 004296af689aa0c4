import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { expect, it } from '@jest/globals';

it('refuses connections to other machines', async () => {
  expect(() => connect(80, 'sandgate.example')).toThrow('Tests may not connect to sandgate.example');
  expect(() => connect({ port: 80, host: '192.0.2.1' })).toThrow('Tests may not connect to 192.0.2.1');
  await expect(fetch('http://192.0.2.1/')).rejects.toThrow('fetch failed');
});

it('allows connections to this one', async () => {
  const server = createServer((_request, response) => response.end('here'));
  await new Promise<void>((resolve) => server.listen(0, resolve));

  for (const host of ['localhost', '127.0.0.1'])
    await expect(
      fetch(`http://${host}:${(server.address() as AddressInfo).port}/`).then((response) => response.text()),
    ).resolves.toBe('here');

  await new Promise((resolve) => server.close(resolve));
});

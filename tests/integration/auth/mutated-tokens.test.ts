import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { eventually } from '../../support/eventually.js';
import { type Answered, sendRequest } from '../../support/send-request.js';
import { type ServiceProcess, spawnService } from '../../support/spawn-service.js';
import { arbitraryMutation, type Presented, type Signer, validToken } from './arbitrary-tokens.js';
import { administrator, type RunningAuth, siteUrl, startAuth } from './running-auth.js';
import { sharedSecret } from './tokens.js';

/** At once, on as many connections. */
const together = 64;
const addresses = 20;
/** A token or a line kept for each is far more than this; what is left lying about between two collections is less. */
const bytesPerToken = 50;

/** Where the providers are looked after, in this process. */
let office: RunningAuth;
/** Where tokens are presented, in a process of its own. */
let auth: ServiceProcess;
let port: number;
let signers: readonly Signer[];

/** Serves the one key set that is configured; whatever else is asked for here was named by a token. */
let keyServer: Server;
let keyOrigin: string;
const trapped: string[] = [];

const pairs = {
  RS256: generateKeyPairSync('rsa', { modulusLength: 2048 }),
  ES256: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  EdDSA: generateKeyPairSync('ed25519'),
  ofSet: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
};
const keySet = { keys: [{ ...pairs.ofSet.publicKey.export({ format: 'jwk' }), kid: 'of-the-set', alg: 'ES256' }] };

beforeAll(async () => {
  keyServer = createServer(({ url = '' }, response) => {
    if (url !== '/keys') trapped.push(url);
    response.setHeader('content-type', 'application/json').end(JSON.stringify(keySet));
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => keyServer.once('listening', resolve));
  keyOrigin = `http://127.0.0.1:${(keyServer.address() as AddressInfo).port}`;

  office = await startAuth();
  signers = [
    await signerOf('jwt', 'HS256', sharedSecret),
    await signerOf('rs', 'RS256', pairs.RS256.privateKey, { publicKey: pemOf(pairs.RS256.publicKey) }),
    await signerOf('es', 'ES256', pairs.ES256.privateKey, { publicKey: pemOf(pairs.ES256.publicKey) }),
    await signerOf('ed', 'EdDSA', pairs.EdDSA.privateKey, { publicKey: pemOf(pairs.EdDSA.publicKey) }),
    await signerOf('set', 'ES256', pairs.ofSet.privateKey, { jwksUri: `${keyOrigin}/keys` }),
  ];

  const settings = {
    siteUrl,
    adminEmail: administrator.email,
    adminPassword: administrator.password,
    jwtSharedSecret: sharedSecret,
    // They come from a few addresses, and each is to be looked at.
    refusalsPerMinute: 10_000_000,
  };
  auth = await spawnService(fileURLToPath(new URL('auth-process.mjs', import.meta.url)), {
    env: { DATABASE_URL: office.databases.urls.auth, SETTINGS: JSON.stringify(settings) },
    isReady: ({ output }) => output().includes('listens '),
  });
  port = Number(/listens (\d+)/.exec(auth.output())?.[1]);
});

afterAll(async () => {
  await auth?.kill();
  await office?.stop();
  keyServer.closeAllConnections();
  await new Promise((resolve) => keyServer.close(resolve));
});

const pemOf = (key: KeyObject): string => key.export({ type: 'spki', format: 'pem' }).toString();

/** Sets a provider up that knows what it expects; only the built-in one has its key already. */
async function signerOf(
  name: string,
  algorithm: Signer['algorithm'],
  key: Signer['key'],
  added?: Readonly<Record<string, string>>,
): Promise<Signer> {
  const settings = {
    enabled: true,
    issuer: `https://${name}.example`,
    audience: `sandgate-${name}`,
    requireJti: name === 'rs',
  };
  if (added) {
    await office.asAdministrator('POST', '/api/providers', { name, kind: 'jwt', settings });
    await office.asAdministrator('POST', `/api/providers/${name}/keys`, { algorithm, ...added });
  } else await office.asAdministrator('PUT', `/api/providers/${name}`, settings);
  const { keys } = (await office.asAdministrator('GET', `/api/providers/${name}`)).body;
  const keyIds = added?.['jwksUri'] ? ['of-the-set'] : keys.map(({ id }: { id: string }) => id);
  const { issuer, audience, requireJti: requiresJti } = settings;
  return { name, issuer, audience, algorithm, key, requiresJti, keyIds };
}

let sent = 0;

const present = ({ token, door, provider }: Presented): Promise<Answered> => {
  const query = new URLSearchParams({
    ...(provider !== undefined && { provider }),
    ...(door === 'body' ? {} : { jwt: token }),
  });
  if (door === 'twice') query.append('jwt', token);
  sent += 1;
  const headers = { 'x-forwarded-for': `198.51.100.${sent % addresses}`, 'content-type': 'application/json' };
  const isInBody = door === 'body';
  return sendRequest(`http://127.0.0.1:${port}/auth/sso?${query}`, {
    method: isInBody ? 'POST' : 'GET',
    headers,
    body: isInBody ? JSON.stringify({ jwt: token }) : undefined,
  });
};

/** Bytes that the service still holds after a collection. */
async function held(): Promise<number> {
  const lines = (): string[] => auth.output().match(/holds \d+/g) ?? [];
  const before = lines().length;
  auth.signal('SIGUSR2');
  const said = await eventually(() => {
    const line = lines()[before];
    if (line === undefined) throw new Error('not collected yet');
    return line;
  });
  return Number(said.slice('holds '.length));
}

const counts: Record<number, number> = {};

/** Presents so many mutated tokens. Says of the first wrong answer what the token was, and by which seed it comes again. */
async function presentMutated(count: number): Promise<void> {
  const mutation = arbitraryMutation(signers, keyOrigin);
  const batches = fc.array(mutation, { minLength: together, maxLength: together });
  const checked = await fc.check(
    fc.asyncProperty(batches, async (batch) => {
      const answers = await Promise.all(batch.map(present));
      for (const [at, { status, headers, text }] of answers.entries()) {
        counts[status] = (counts[status] ?? 0) + 1;
        const presented = batch[at] as Presented;
        const isRefused =
          presented.door === 'twice'
            ? status === 400 && text.includes('"request.invalid"')
            : status === 401 && text === refusal;
        if (!isRefused || headers.has('set-cookie'))
          throw new Error(`${JSON.stringify(presented)} was answered ${status}, ${text}, ${headers.get('set-cookie')}`);
      }
    }),
    { numRuns: Math.ceil(count / together), endOnFailure: true },
  );
  if (checked.failed)
    throw new Error(`Seed ${checked.seed}, path ${checked.counterexamplePath}`, { cause: checked.errorInstance });
}

/** What every bad token is answered with. */
let refusal: string;

/** That the tokens are right as long as nobody touches them, whatever else their headers say. */
async function presentValid(): Promise<void> {
  for (const signer of signers)
    for (const more of [
      {},
      { kid: signer.keyIds[0] },
      { jku: `${keyOrigin}/trap`, x5u: `${keyOrigin}/trap`, jwk: {} },
    ]) {
      const { status, headers } = await present({ what: '', token: validToken(signer, more), door: 'query' });
      expect([signer.name, more, status, headers.has('set-cookie')]).toEqual([signer.name, more, 302, true]);
    }
}

test('A-01, A-02, A-03, A-04, A-05, A-06, A-07, A-08, A-09, A-10, A-14, A-16, A-18, A-19, A-20, A-21, A-22: of 50,000 mutated tokens none is accepted, leaves a trace, tells anything apart or stays in memory', async () => {
  await presentValid();
  const { text } = await present({ what: 'nothing', token: '', door: 'query' });
  refusal = text;
  const before = await office.traces();

  await presentMutated(10_000);
  const early = await held();
  await presentMutated(40_000);
  const late = await held();

  expect(counts[401]).toBeGreaterThan(45_000);
  expect(Object.keys(counts)).toEqual(['400', '401']);
  expect(JSON.parse(text)).toMatchObject({ code: 'auth.sign_in_refused' });
  expect(await office.traces()).toEqual(before);
  expect((late - early) / 40_000).toBeLessThan(bytesPerToken);
  expect(trapped).toEqual([]);
  await presentValid();
}, 240_000);

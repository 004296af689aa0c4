import { createHmac } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { Failure, type JwtProviderSettings } from '@sandgate/contracts';
import { jwtProviderDefaults } from '../providers/decide-settings-change.js';
import { importSecret } from '../providers/public-key.js';
import { verifyByProvider } from './verify-by-provider.js';
import type { VerificationSettings } from './verify-token.js';

const now = 1_800_000_000;
const settings: JwtProviderSettings = { ...jwtProviderDefaults, enabled: true };

/** A provider whose secret is made of its name, or of another one's. */
const provider = async (
  name: string,
  change: Partial<JwtProviderSettings> = {},
  secretOf = name,
): Promise<VerificationSettings> => ({
  name,
  settings: { ...settings, ...change },
  keys: new Map([[`key-of-${name}`, { algorithm: 'HS256', key: await importSecret(`secret of ${secretOf}`) }]]),
});

const encode = (value: unknown): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
const sign = (secretOf: string, claims: unknown, header = {}): string => {
  const input = `${encode({ alg: 'HS256', ...header })}.${encode(claims)}`;
  return `${input}.${createHmac('sha256', `secret of ${secretOf}`).update(input).digest('base64url')}`;
};
const person = { email: 'rene@acme.example', iat: now };

const outcomeOf = (token: string, all: VerificationSettings[], name?: string): Promise<string> =>
  verifyByProvider({ token, provider: name }, all, now).then(
    (verified) => verified.provider,
    (error: unknown) => (error instanceof Failure ? error.code : String(error)),
  );

describe('a token', () => {
  test('is of the provider whose issuer it names, also where another one has the same secret', async () => {
    const all = [
      await provider('nameless', {}, 'one'),
      await provider('first', { issuer: 'https://first.example' }, 'one'),
      await provider('second', { issuer: 'https://second.example' }, 'one'),
    ];
    const from = (iss: unknown): string => sign('one', { ...person, iss });

    expect(await outcomeOf(from('https://second.example'), all)).toBe('second');
    expect(await outcomeOf(from('https://first.example'), all)).toBe('first');
    expect(await outcomeOf(from('https://other.example'), all)).toBe('nameless');
    expect(await outcomeOf(sign('one', person), all)).toBe('nameless');
  });

  test('A-21: that names an issuer is not let in by another one, whoever signed it', async () => {
    const all = [await provider('nameless'), await provider('named', { issuer: 'https://named.example' })];

    expect(await outcomeOf(sign('nameless', { ...person, iss: 'https://named.example' }), all)).toBe(
      'auth.token_signature',
    );
    expect(await outcomeOf(sign('named', { ...person, iss: 'https://other.example' }), all)).toBe(
      'auth.token_signature',
    );
    expect(await outcomeOf(sign('named', { ...person, iss: 'https://other.example' }), all, 'named')).toBe(
      'auth.token_issuer',
    );
  });

  test('without an issuer is of the provider whose key it is signed with, by kid first', async () => {
    const all = [await provider('first'), await provider('second'), await provider('third', {}, 'second')];

    expect(await outcomeOf(sign('first', person), all)).toBe('first');
    expect(await outcomeOf(sign('second', person), all)).toBe('second');
    expect(await outcomeOf(sign('second', person, { kid: 'key-of-third' }), all)).toBe('third');
    expect(await outcomeOf(sign('first', person, { kid: 'key-of-third' }), all)).toBe('auth.token_signature');
    expect(await outcomeOf(sign('first', person, { kid: 'unknown' }), all)).toBe('auth.token_key_unknown');
  });

  test('is judged by the one provider whose key it is signed with', async () => {
    const all = [await provider('first', { requireJti: true }), await provider('second', {}, 'first')];

    expect(await outcomeOf(sign('first', person), all)).toBe('auth.token_jti_required');
  });

  test('is not of a provider that is off, nor of another than the one asked for', async () => {
    const all = [await provider('on'), await provider('off', { enabled: false })];

    expect(await outcomeOf(sign('off', person), all)).toBe('auth.token_signature');
    expect(await outcomeOf(sign('off', person), all, 'off')).toBe('auth.provider_unknown');
    expect(await outcomeOf(sign('on', person), all, 'nobody')).toBe('auth.provider_unknown');
    expect(await outcomeOf(sign('on', person), [await provider('on', { enabled: false })])).toBe('auth.sso_disabled');
    expect(await outcomeOf(sign('on', person), [])).toBe('auth.sso_disabled');
  });

  test('A-23: with the same jti is another one for each provider', async () => {
    const all = [await provider('first'), await provider('second')];
    const keyOf = async (name: string): Promise<string> =>
      (await verifyByProvider({ token: sign(name, { ...person, jti: 'a' }), provider: undefined }, all, now)).verified
        .token.key;

    expect(await keyOf('first')).not.toBe(await keyOf('second'));
  });

  test('whose claims are no object is refused by whoever signed it, and only by them', async () => {
    const all = [await provider('first'), await provider('second', { issuer: 'https://second.example' })];
    const twice = '{"iss":"https://second.example","iss":"x","email":"rene@acme.example"}';

    expect(await outcomeOf(sign('first', twice), all)).toBe('auth.token_claims_malformed');
    expect(await outcomeOf(sign('nobody', twice), all)).toBe('auth.token_signature');
  });
});

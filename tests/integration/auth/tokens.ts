import { createHmac, randomUUID } from 'node:crypto';

export const sharedSecret = '5f0d8f3c1b7e4a6990c2d4e8f1a3b5c7d9e0f2143658779abcdef01928374655';

export const seconds = (): number => Math.floor(Date.now() / 1000);

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Signs any claims and header, also those that no library would. */
export function sign(
  claims: unknown,
  { secret = sharedSecret, header = { alg: 'HS256', typ: 'JWT' } as unknown } = {},
): string {
  const input = `${encode(header)}.${encode(claims)}`;
  return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`;
}

/** A token that is good once, of a person of this test alone unless claims name one. */
export const aToken = (claims: Record<string, unknown> = {}): string =>
  sign({ email: anAddress(), jti: randomUUID(), iat: seconds(), exp: seconds() + 600, ...claims });

export const anAddress = (): string => `person-${randomUUID()}@acme.example`;

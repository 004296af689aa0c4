import { createHmac, randomUUID } from 'node:crypto';
import { getRequest } from './http-connection.js';

export interface Person {
  readonly number: number;
  /** Claims that become attributes. */
  readonly attributes?: Readonly<Record<string, unknown>>;
  readonly groups?: readonly string[];
}

export const emailOf = (number: number): string => `person${number}@bench.example`;

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const header = encode({ alg: 'HS256', typ: 'JWT' });

/** A token as a host application makes it, good once. */
export function signToken(secret: string, { number, attributes = {}, groups = ['Customer-Bench'] }: Person): string {
  const now = Math.floor(Date.now() / 1000);
  const names = { first_name: 'Person', last_name: `Number ${number}` };
  const claims = {
    email: emailOf(number),
    ...names,
    groups,
    ...attributes,
    iat: now,
    exp: now + 600,
    jti: randomUUID(),
  };
  const signed = `${header}.${encode(claims)}`;
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}

/** A request to sign in, complete but for nothing. */
export const signInRequest = (token: string): string => getRequest(`/auth/sso?jwt=${token}`);

/** Requests for that many sign-ins of the people in turn. */
export const signInRequests = (secret: string, count: number, personOf: (index: number) => Person): string[] =>
  Array.from({ length: count }, (_, index) => signInRequest(signToken(secret, personOf(index))));

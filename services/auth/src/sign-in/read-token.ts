import { type ErrorCode, Failure } from '@sandgate/contracts';
import { parseStrictObject } from './parse-strict-object.js';

/** A token that is well formed, and nothing more: not one byte of it is verified. */
export interface ReadToken {
  readonly header: ReadonlyMap<string, unknown>;
  readonly payload: Buffer;
  readonly signature: Buffer;
}

const maxLength = 8 * 1024;
const compactForm = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/;

/**
 * The gate before the verification, which lets exactly one spelling of a token through: at most 8 KiB, three base64url segments, each as
 * encoding its bytes again would spell it (RFC 7515 section 2 and 7.1). Throws `auth.token_malformed`.
 */
export function readToken(token: string): ReadToken {
  if (token.length > maxLength || !compactForm.test(token)) throw new Failure('auth.token_malformed');
  const [header = '', payload = '', signature = ''] = token.split('.');
  return {
    header: parseOrRefuse(decode(header), 'auth.token_malformed'),
    payload: decode(payload),
    signature: decode(signature),
  };
}

/** The claims, to be read once the signature is known to be right. Throws `auth.token_claims_malformed`. */
export const readClaims = ({ payload }: ReadToken): ReadonlyMap<string, unknown> =>
  parseOrRefuse(payload, 'auth.token_claims_malformed');

function decode(segment: string): Buffer {
  const bytes = Buffer.from(segment, 'base64url');
  if (bytes.toString('base64url') !== segment) throw new Failure('auth.token_malformed');
  return bytes;
}

function parseOrRefuse(bytes: Buffer, refusal: ErrorCode): ReadonlyMap<string, unknown> {
  try {
    return parseStrictObject(bytes);
  } catch (error) {
    // The cause stays here: its message may quote the token.
    throw error instanceof SyntaxError ? new Failure(refusal) : error;
  }
}

import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { bearerOf } from './session-credential.js';

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Whether a request carries the service credential. Digests are compared, so that neither length nor content shows in the time. */
export const holdsServiceCredential = (headers: IncomingHttpHeaders, credential: string): boolean =>
  timingSafeEqual(digest(bearerOf(headers) ?? ''), digest(credential));

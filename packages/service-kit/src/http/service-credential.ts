import type { IncomingHttpHeaders } from 'node:http';
import { isSameSecret } from '../is-same-secret.js';
import { bearerOf } from './session-credential.js';

/** Whether a request carries the service credential. */
export const holdsServiceCredential = (headers: IncomingHttpHeaders, credential: string): boolean =>
  isSameSecret(bearerOf(headers) ?? '', credential);

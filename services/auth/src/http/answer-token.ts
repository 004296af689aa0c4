import { isForProgram, type presentToken } from '@sandgate/contracts';
import { type CookieSettings, Reply, type RequestContext, sessionCookieHeader } from '@sandgate/service-kit';
import type { OpenedSession, TokenSignIn } from '../sign-in/sign-in-with-token.js';
import { wayOn } from './way-on.js';

interface Dependencies {
  readonly cookie: CookieSettings;
  readonly signIn: (request: TokenSignIn) => Promise<OpenedSession>;
}

interface TokenRequest
  extends Pick<RequestContext<typeof presentToken>, 'headers' | 'credential' | 'source' | 'traceparent' | 'log'> {
  readonly token: string;
  readonly provider: string | undefined;
  /** Where a browser goes on to; checked. */
  readonly path: string;
}

/**
 * Signs in. A browser gets the cookie and goes on; a program gets a session that ends with the token, because it comes back with another one then.
 * Throws what the sign-in throws.
 */
export async function answerToken({ cookie, signIn }: Dependencies, request: TokenRequest) {
  const { token, provider, headers, credential, source, traceparent, log } = request;
  if (isForProgram(headers)) {
    // Beside the session that a browser has by its cookie, which is none of the program's.
    const opened = await signIn({
      token,
      provider,
      endsWithToken: true,
      previousSession: undefined,
      source,
      traceparent,
      log,
    });
    return { status: 'ok' as const, id: opened.token, exp: opened.endsAt, iat: opened.issuedAt };
  }
  const opened = await signIn({ token, provider, previousSession: credential?.token, source, traceparent, log });
  return new Reply<never>({
    location: wayOn(request.path, headers, cookie),
    cookies: [sessionCookieHeader(opened.token, cookie)],
  });
}

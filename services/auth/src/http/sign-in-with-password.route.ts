import { signInWithPassword } from '@sandgate/contracts';
import { type AnyRoute, type CookieSettings, Reply, route, sessionCookieHeader } from '@sandgate/service-kit';
import type { PasswordSignIn } from '../sessions/sign-in-with-password.js';

interface Dependencies {
  readonly cookie: CookieSettings;
  readonly signIn: (request: PasswordSignIn) => Promise<string>;
}

export const signInWithPasswordRoute = ({ cookie, signIn }: Dependencies): AnyRoute =>
  route(signInWithPassword, async ({ body, credential, source, traceparent }) => {
    const id = await signIn({ ...body, previousSession: credential?.token, source, traceparent });
    return new Reply({ body: { id }, cookies: [sessionCookieHeader(id, cookie)] });
  });

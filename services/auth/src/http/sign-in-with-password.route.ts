import { signInWithPassword } from '@sandgate/contracts';
import { type AnyRoute, Reply, route, sessionCookieHeader } from '@sandgate/service-kit';
import type { PasswordSignIn } from '../sessions/sign-in-with-password.js';

interface Dependencies {
  readonly siteUrl: string;
  readonly signIn: (request: PasswordSignIn) => Promise<string>;
}

export const signInWithPasswordRoute = ({ siteUrl, signIn }: Dependencies): AnyRoute =>
  route(signInWithPassword, async ({ body, credential, source, traceparent }) => {
    const id = await signIn({ ...body, previousSession: credential?.token, source, traceparent });
    return new Reply({ body: { id }, cookies: [sessionCookieHeader(id, { siteUrl })] });
  });

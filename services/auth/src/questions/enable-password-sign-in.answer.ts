import { enablePasswordSignIn } from '@sandgate/contracts';
import { nextTraceparent } from '@sandgate/messaging';
import { type Answer, answer } from '@sandgate/service-kit';
import type { PasswordSignInStore } from '../passwords/password-sign-in-store.js';

export const enablePasswordSignInAnswer = (passwordSignIn: PasswordSignInStore): Answer =>
  answer(enablePasswordSignIn, async () => {
    await passwordSignIn.enable({ actorId: null, traceparent: nextTraceparent() });
    return {};
  });

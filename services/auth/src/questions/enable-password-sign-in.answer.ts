import { enablePasswordSignIn } from '@sandgate/contracts';
import { type Answer, answer } from '@sandgate/service-kit';
import type { PasswordSignInStore } from '../passwords/password-sign-in-store.js';

export const enablePasswordSignInAnswer = (passwordSignIn: PasswordSignInStore): Answer =>
  answer(enablePasswordSignIn, async () => {
    await passwordSignIn.enable();
    return {};
  });

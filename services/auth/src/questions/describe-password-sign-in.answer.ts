import { describePasswordSignIn } from '@sandgate/contracts';
import { type Answer, answer } from '@sandgate/service-kit';
import type { PasswordSignInStore } from '../passwords/password-sign-in-store.js';

export const describePasswordSignInAnswer = (passwordSignIn: PasswordSignInStore): Answer =>
  answer(describePasswordSignIn, async () => ({ enabled: await passwordSignIn.isEnabled() }));

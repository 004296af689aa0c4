import { getPasswordSignIn } from '@sandgate/contracts';
import { type AnyRoute, route } from '@sandgate/service-kit';
import type { PasswordSignInStore } from '../passwords/password-sign-in-store.js';

export const getPasswordSignInRoute = (passwordSignIn: PasswordSignInStore): AnyRoute =>
  route(getPasswordSignIn, async () => ({ enabled: await passwordSignIn.isEnabled() }));

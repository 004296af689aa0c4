import { type Ask, Failure, listAdministrators } from '@sandgate/contracts';
import type { Author } from '@sandgate/messaging';
import type { PasswordSignInStore } from './password-sign-in-store.js';

interface Dependencies {
  readonly passwordSignIn: PasswordSignInStore;
  readonly ask: Ask;
}

/**
 * Allows or forbids signing in with a password. Throws `auth.no_other_way_in` instead of forbidding it before an administrator has shown
 * that there is another way: by having signed in through a provider that is enabled.
 */
export const switchPasswordSignIn =
  ({ passwordSignIn, ask }: Dependencies) =>
  async (enabled: boolean, by: Author): Promise<{ enabled: boolean }> => {
    if (enabled) await passwordSignIn.enable(by);
    else {
      const { accountIds } = await ask(listAdministrators, {});
      if (!(await passwordSignIn.disableBeside(accountIds, by))) throw new Failure('auth.no_other_way_in');
    }
    return { enabled };
  };

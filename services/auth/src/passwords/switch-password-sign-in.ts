import { Failure } from '@sandgate/contracts';
import type { Author } from '@sandgate/messaging';
import type { PasswordSignInStore } from './password-sign-in-store.js';

interface Dependencies {
  readonly passwordSignIn: Pick<PasswordSignInStore, 'enable' | 'disableBeside'>;
  /** Of accounts. */
  readonly administratorIds: () => Promise<readonly string[]>;
}

/**
 * Allows or forbids signing in with a password. Throws `auth.no_other_way_in` instead of forbidding it before an administrator has shown
 * that there is another way: by having signed in through a provider that is enabled.
 */
export const switchPasswordSignIn =
  ({ passwordSignIn, administratorIds }: Dependencies) =>
  async (enabled: boolean, by: Author): Promise<{ enabled: boolean }> => {
    if (enabled) await passwordSignIn.enable(by);
    else if (!(await passwordSignIn.disableBeside(await administratorIds(), by)))
      throw new Failure('auth.no_other_way_in');
    return { enabled };
  };

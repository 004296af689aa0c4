import {
  type Ask,
  listAdministrators,
  type NewProvider,
  type NewSigningKey,
  type WaysInPreview,
} from '@sandgate/contracts';
import type { Author } from '@sandgate/messaging';
import { changeOidcProvider, createOidcProvider } from '../oidc/change-oidc-providers.js';
import type { OidcSettingsChange } from '../oidc/decide-oidc-settings.js';
import { switchPasswordSignIn } from '../passwords/switch-password-sign-in.js';
import { changeProviderSettings, createProvider, deleteProvider } from '../providers/change-providers.js';
import {
  createSigningKey,
  deleteSigningKey,
  type KeyRetirement,
  retireSigningKey,
} from '../providers/change-signing-keys.js';
import type { SettingsChange } from '../providers/decide-settings-change.js';
import type { ChangingStores, PlannedChange, PreviewChange } from './preview-change-store.js';

interface Dependencies {
  readonly previewChange: PreviewChange;
  readonly ask: Ask;
}

interface AskedChange extends Omit<PlannedChange, 'administratorIds' | 'make'> {
  readonly make: (stores: ChangingStores, administratorIds: readonly string[]) => Promise<unknown>;
}

export type ProviderPreviews = ReturnType<typeof previewProviderChanges>;

/** Whom each change of providers, keys and the password sign-in would shut out and let in, and which sessions it would end; all of them throw what the change throws. */
export function previewProviderChanges({ previewChange, ask }: Dependencies) {
  const preview = async ({ make, ...planned }: AskedChange): Promise<WaysInPreview> => {
    const { accountIds: administratorIds } = await ask(listAdministrators, {});
    return previewChange({ ...planned, administratorIds, make: (stores) => make(stores, administratorIds) });
  };
  return {
    createJwt: (given: Extract<NewProvider, { kind: 'jwt' }>, by: Author) =>
      preview({ provider: given.name, make: ({ jwt }) => createProvider(jwt)(given, by) }),
    createOidc: (given: Extract<NewProvider, { kind: 'oidc' }>, by: Author) =>
      preview({ provider: given.name, make: ({ oidc }) => createOidcProvider(oidc)(given, by) }),
    changeJwt: (provider: string, to: SettingsChange, by: Author) =>
      preview({ provider, make: ({ jwt }) => changeProviderSettings(jwt)(provider, to, by) }),
    changeOidc: (provider: string, to: OidcSettingsChange, by: Author) =>
      preview({ provider, make: ({ oidc }) => changeOidcProvider(oidc)(provider, to, by) }),
    remove: (provider: string, by: Author) =>
      preview({
        provider,
        removesProvider: true,
        make: ({ jwt }) =>
          deleteProvider(jwt, { forgetGroupSync: async () => undefined, wake: () => undefined })(provider, by),
      }),
    createKey: (provider: string, given: NewSigningKey, by: Author) =>
      preview({ provider, make: ({ jwt }) => createSigningKey(jwt)(provider, given, by) }),
    retireKey: (retirement: KeyRetirement, by: Author) =>
      preview({
        provider: retirement.provider,
        at: retirement.retireAt,
        make: ({ jwt }) => retireSigningKey(jwt)(retirement, by),
      }),
    deleteKey: (provider: string, id: string, by: Author) =>
      preview({ provider, make: ({ jwt }) => deleteSigningKey(jwt)(provider, id, by) }),
    switchPasswords: (enabled: boolean, by: Author) =>
      preview({
        provider: 'password',
        make: ({ passwordSignIn }, administratorIds) =>
          switchPasswordSignIn({ passwordSignIn, administratorIds: async () => administratorIds })(enabled, by),
      }),
  };
}

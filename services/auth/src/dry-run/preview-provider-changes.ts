import { type Ask, listAdministrators, type NewProvider, type WaysInPreview } from '@sandgate/contracts';
import type { Author } from '@sandgate/messaging';
import { changeOidcProvider, createOidcProvider } from '../oidc/change-oidc-providers.js';
import type { OidcSettingsChange } from '../oidc/decide-oidc-settings.js';
import { changeProviderSettings, createProvider, deleteProvider } from '../providers/change-providers.js';
import { deleteSigningKey, type KeyRetirement, retireSigningKey } from '../providers/change-signing-keys.js';
import type { SettingsChange } from '../providers/decide-settings-change.js';
import type { PlannedChange, PreviewChange } from './preview-change-store.js';

interface Dependencies {
  readonly previewChange: PreviewChange;
  readonly ask: Ask;
}

export type ProviderPreviews = ReturnType<typeof previewProviderChanges>;

/** Whom each change of providers and keys would shut out, and which sessions it would end; all of them throw what the change throws. */
export function previewProviderChanges({ previewChange, ask }: Dependencies) {
  const preview = async (planned: Omit<PlannedChange, 'administratorIds'>): Promise<WaysInPreview> => {
    const { accountIds } = await ask(listAdministrators, {});
    return previewChange({ ...planned, administratorIds: accountIds });
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
    retireKey: (retirement: KeyRetirement, by: Author) =>
      preview({
        provider: retirement.provider,
        at: retirement.retireAt,
        make: ({ jwt }) => retireSigningKey(jwt)(retirement, by),
      }),
    deleteKey: (provider: string, id: string, by: Author) =>
      preview({ provider, make: ({ jwt }) => deleteSigningKey(jwt)(provider, id, by) }),
  };
}

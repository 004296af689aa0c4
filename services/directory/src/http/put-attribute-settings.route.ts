import { putAttributeSettings } from '@sandgate/contracts';
import type { Database } from '@sandgate/messaging';
import { route } from '@sandgate/service-kit';
import { setPrivateAttributes } from '../records/set-private-attributes.js';

export const putAttributeSettingsRoute = (database: Database) =>
  route(putAttributeSettings, async ({ body, caller }) => ({
    private: await setPrivateAttributes(database, body.private, caller.accountId),
  }));

import { getAttributeSettings } from '@sandgate/contracts';
import type { SqlClient } from '@sandgate/messaging';
import { route } from '@sandgate/service-kit';
import { findPrivateAttributes } from '../records/private-attribute-store.js';

export const getAttributeSettingsRoute = (database: SqlClient) =>
  route(getAttributeSettings, async () => ({ private: await findPrivateAttributes(database) }));

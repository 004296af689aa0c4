import { expect, test } from '@jest/globals';
import { ConfigInvalid } from '@sandgate/service-kit';
import { readConfig } from './config.js';

const faultsOf = (env: NodeJS.ProcessEnv): readonly string[] => {
  try {
    readConfig(env);
    return [];
  } catch (error) {
    if (error instanceof ConfigInvalid) return error.faults;
    throw error;
  }
};

test('a start is refused with every setting that is missing, and with a weak credential', () => {
  const faults = faultsOf({ SANDGATE_SERVICE_CREDENTIAL: 'secret' }).join('\n');

  for (const name of [
    'DATABASE_URL',
    'AMQP_URL',
    'AUTH_URL',
    'PERMISSIONS_URL',
    'SANDGATE_SERVICE_CREDENTIAL',
    'SANDGATE_SITE_URL',
  ]) {
    expect(faults).toContain(name);
  }
});

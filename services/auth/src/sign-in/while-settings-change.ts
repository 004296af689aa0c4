import { Failure } from '@sandgate/contracts';

/** How often settings may change under one sign-in. */
const maxAttempts = 10;

/**
 * Attempts something under the settings of the moment until there is a result; an attempt has none where other settings came in between.
 * Throws `service.unavailable` when that goes on and on, and what an attempt throws.
 */
export async function whileSettingsChange<Result>(attempt: () => Promise<Result | undefined>): Promise<Result> {
  for (let attempts = 0; attempts < maxAttempts; attempts += 1) {
    const result = await attempt();
    if (result !== undefined) return result;
  }
  throw new Failure('service.unavailable');
}

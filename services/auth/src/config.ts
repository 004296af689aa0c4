import { loadConfig, serviceSettings, setting } from '@sandgate/service-kit';
import { z } from 'zod';
import { canonicalEmail } from './sign-in/canonical-email.js';

/** What auth alone reads of the environment, in a container of its own and under `npm start`. */
export const authSettings = {
  SANDGATE_ADMIN_EMAIL: z
    .string()
    .refine((value) => canonicalEmail(value) !== undefined, 'must be a plain ASCII e-mail address'),
  SANDGATE_ADMIN_PASSWORD: z
    .string()
    .min(12, 'must be at least 12 characters')
    .max(1024, 'must be at most 1024 characters'),
  SANDGATE_JWT_SHARED_SECRET: setting.secret,
  SANDGATE_JWT_IDENTITY_PROVIDER_URI: setting.url(/^https?:$/).optional(),
  /** From these alone `X-Forwarded-For` is believed. */
  SANDGATE_TRUSTED_PROXIES: setting.networks.default([]),
  SANDGATE_REFUSALS_PER_MINUTE: setting.number({ min: 1, max: 1_000_000 }).default(20),
  SESSION_MAX_AGE_SECONDS: setting.number({ min: 60, max: 31_536_000 }).default(1_209_600),
  SANDGATE_SESSION_IDLE_SECONDS: setting.number({ min: 300, max: 31_536_000 }).optional(),
};

const schema = z.object({ ...serviceSettings, ...authSettings });

/** The environment of the auth service. Throws `ConfigInvalid` with every fault. */
export const readConfig = (env: NodeJS.ProcessEnv) => loadConfig(schema, env);

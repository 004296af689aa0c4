import { isIP } from 'node:net';
import { z } from 'zod';
import { StartRefused } from './start-refused.js';

/** The start is refused: `faults` names each setting that is missing or malformed, and what was expected. */
export class ConfigInvalid extends StartRefused {
  override readonly name = 'ConfigInvalid';
  constructor(readonly faults: readonly string[]) {
    super(`The configuration is not valid:\n${faults.map((fault) => `  - ${fault}`).join('\n')}`);
  }
}

/**
 * Reads the environment once into a frozen object. Present but malformed is a fault, and so is an unknown variable
 * that begins with `SANDGATE_`: a misspelt setting must not pass for one that is absent. Values are never repeated in a fault.
 */
export function loadConfig<Schema extends z.ZodObject>(
  schema: Schema,
  env: NodeJS.ProcessEnv,
  options: { alsoKnown?: readonly string[] } = {},
): Readonly<z.infer<Schema>> {
  const known = new Set([...Object.keys(schema.shape), ...(options.alsoKnown ?? [])]);
  const unknown = Object.keys(env)
    .filter((name) => name.startsWith('SANDGATE_') && !known.has(name))
    .map((name) => `${name} is not a setting`);
  // An empty value is what a compose file passes for a variable that is not set.
  const present = Object.fromEntries(Object.entries(env).filter(([name, value]) => known.has(name) && value !== ''));
  const parsed = schema.safeParse(present);
  const wrong = parsed.success ? [] : parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${explain(issue)}`);
  const unusable = cookieFaults(present);
  if (!parsed.success || unknown.length + unusable.length > 0)
    throw new ConfigInvalid([...wrong, ...unusable, ...unknown]);
  return Object.freeze(parsed.data);
}

/** Browsers take a cookie with SameSite=None only with Secure, and Secure only over https or on this machine. */
function cookieFaults({ SANDGATE_COOKIE_SAMESITE: sameSite, SANDGATE_SITE_URL: siteUrl }: NodeJS.ProcessEnv): string[] {
  if (sameSite?.toLowerCase() !== 'none' || siteUrl === undefined || !URL.canParse(siteUrl)) return [];
  const { protocol, hostname } = new URL(siteUrl);
  const isLoopback = /^(?:(?:.+\.)?localhost|127(?:\.\d+){3}|\[::1\])$/.test(hostname);
  if (protocol === 'https:' || isLoopback) return [];
  return ['SANDGATE_COOKIE_SAMESITE: none needs a SANDGATE_SITE_URL with https'];
}

const explain = (issue: z.core.$ZodIssue): string =>
  issue.code === 'invalid_type' && /received undefined/.test(issue.message) ? 'is required' : issue.message;

const number = (limits: { min: number; max: number }) =>
  z
    .string()
    .regex(/^\d+$/, `must be a whole number from ${limits.min} to ${limits.max}`)
    .transform(Number)
    .pipe(z.int().min(limits.min).max(limits.max));

const sampleSecrets = ['secret', 'password', 'changeme', 'shhhhh', 'your-256-bit-secret', 'keyboard cat'];
const isWeak = (text: string): boolean =>
  Buffer.byteLength(text) < 32 ||
  new Set(text).size < 8 ||
  sampleSecrets.some((sample) => text.replaceAll(sample, '').length < 8);

/** Kinds of setting that several services share. */
export const setting = {
  port: number({ min: 0, max: 65535 }),
  number,
  boolean: z.enum(['true', 'false'], 'must be true or false').transform((value) => value === 'true'),
  /** An http(s) origin without a path, such as `https://dashboards.example.com`. */
  origin: z
    .string()
    .refine(isOrigin, 'must be an origin such as https://dashboards.example.com, without a path')
    .transform((value) => new URL(value).origin),
  origins: z
    .string()
    .transform((value) => value.split(/[\s,]+/).filter((part) => part !== ''))
    .pipe(z.array(z.string().refine(isOrigin, 'must be origins separated by spaces, such as https://app.example.com')))
    // As browsers write them in `Origin`.
    .transform((origins) => origins.map((origin) => new URL(origin).origin)),
  /** Addresses, and networks such as `10.0.0.0/8`. */
  networks: z
    .string()
    .transform((value) => value.split(/[\s,]+/).filter((part) => part !== ''))
    .pipe(
      z.array(z.string().refine(isNetwork, 'must be addresses or networks such as 10.0.0.0/8, separated by spaces')),
    ),
  url: (protocol: RegExp) =>
    z
      .string()
      .refine(
        (value) => URL.canParse(value) && protocol.test(new URL(value).protocol),
        `must be a ${protocol.source} address`,
      ),
  /** At least 32 bytes that are not a well-known sample (RFC 7518 section 3.2). Has no default anywhere. */
  secret: z
    .string()
    .refine(
      (value) => !isWeak(value),
      'must be at least 32 bytes, varied, and no sample value; try: openssl rand -hex 32',
    ),
  sameSite: z
    .string()
    .transform((value) => value.toLowerCase())
    .pipe(z.enum(['lax', 'strict', 'none'], 'must be lax, strict or none')),
  logLevel: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent']),
};

/** A network of everything is none: it would believe anybody. */
function isNetwork(value: string): boolean {
  const [address = '', prefix, ...more] = value.split('/');
  const bits = isIP(address) === 6 ? 128 : 32;
  if (isIP(address) === 0 || more.length > 0) return false;
  return prefix === undefined || (/^[1-9]\d{0,2}$/.test(prefix) && Number(prefix) <= bits);
}

function isOrigin(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const url = new URL(value);
  return (
    /^https?:$/.test(url.protocol) &&
    url.pathname === '/' &&
    url.search === '' &&
    url.hash === '' &&
    url.username === ''
  );
}

/** Settings that every service of the distributed deployment needs. */
export const serviceSettings = {
  PORT: setting.port.default(8000),
  DATABASE_URL: setting.url(/^postgres(ql)?:$/),
  AMQP_URL: setting.url(/^amqps?:$/),
  AUTH_URL: setting.origin,
  DIRECTORY_URL: setting.origin,
  PERMISSIONS_URL: setting.origin,
  DASHBOARD_URL: setting.origin,
  SANDGATE_SERVICE_CREDENTIAL: setting.secret,
  SANDGATE_SITE_URL: setting.origin,
  SANDGATE_EMBEDDING_ORIGINS: setting.origins.default([]),
  SANDGATE_COOKIE_SAMESITE: setting.sameSite.default('lax'),
  SANDGATE_LOG_LEVEL: setting.logLevel.default('info'),
};

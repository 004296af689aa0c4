import { randomBytes } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const KeptSecrets = z.strictObject({
  adminPassword: z.string(),
  jwtSharedSecret: z.string(),
  serviceCredential: z.string(),
  rolePasswords: z.strictObject({
    migrate: z.string(),
    auth: z.string(),
    directory: z.string(),
    permissions: z.string(),
    dashboard: z.string(),
  }),
  readerPassword: z.string(),
});
export type KeptSecrets = z.infer<typeof KeptSecrets>;

const secret = (): string => randomBytes(32).toString('hex');

/** What the environment does not give, generated on the first start and kept in a file that only the owner can read. */
export async function keepSecrets(home: string): Promise<KeptSecrets> {
  const path = join(home, 'secrets.json');
  const kept = await readIfThere(path);
  if (kept !== undefined) return KeptSecrets.parse(JSON.parse(kept));
  const rolePasswords = {
    migrate: secret(),
    auth: secret(),
    directory: secret(),
    permissions: secret(),
    dashboard: secret(),
  };
  const made = {
    adminPassword: randomBytes(12).toString('base64url'),
    jwtSharedSecret: secret(),
    serviceCredential: secret(),
    rolePasswords,
    readerPassword: secret(),
  };
  // Renamed into place, so that a start that dies here leaves no half file behind.
  await writeFile(`${path}.new`, JSON.stringify(made, null, 2), { mode: 0o600 });
  await rename(`${path}.new`, path);
  return made;
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

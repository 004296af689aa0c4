import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ApiClient, RequestRefused } from './api-client.js';
import { applyDemo, connectHostApp, type DemoOptions } from './apply-demo.js';

/**
 * Only the first time: what an administrator changes later stays changed. A mark in the folder `home` says so, and where browsers were sent, so
 * that the provider follows the host application to another address, unless somebody has changed it meanwhile.
 */
export async function setUpOnce({ home, ...demo }: DemoOptions & { readonly home: string }): Promise<void> {
  const { siteUrl, adminEmail, adminPassword, identityProviderUri } = demo;
  const mark = join(home, 'demo.json');
  const earlier = await readIfThere(mark);
  if (earlier === undefined) await applyDemo(demo);
  else if (earlier !== identityProviderUri) {
    const api = await signInIfTaken(siteUrl, adminEmail, adminPassword);
    if (!api) return;
    await connectHostApp(api, { from: earlier, to: identityProviderUri });
  }
  await writeFile(mark, JSON.stringify({ identityProviderUri }));
}

/** An administrator may have changed the password since, or turned passwords off; no reason to keep the system from starting. */
async function signInIfTaken(siteUrl: string, email: string, password: string): Promise<ApiClient | undefined> {
  try {
    return await ApiClient.signIn(siteUrl, email, password);
  } catch (error) {
    if (error instanceof RequestRefused && (error.status === 401 || error.status === 403)) return undefined;
    throw error;
  }
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return (JSON.parse(await readFile(path, 'utf8')) as { identityProviderUri: string }).identityProviderUri;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

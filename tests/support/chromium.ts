import { existsSync } from 'node:fs';
import path from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { installPackage, mayInstallPackages } from './debian-packages.js';
import { readTestbed } from './testbed.js';

/** The first is Chromium without a browser's own windows: the same pages for a third of the processor time. */
const programNames = [
  'chromium-headless-shell',
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
];
/** Of Debian; not every release has the first. */
const packageNames = ['chromium-headless-shell', 'chromium'];
const macPrograms = [
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** The path of CHROMIUM_PATH, else of an installed Chromium or Chrome, else of one that apt installs now. Throws one sentence otherwise. */
export const findChromium = async (): Promise<string> => {
  const given = process.env['CHROMIUM_PATH'];
  if (given !== undefined && given !== '') {
    if (!existsSync(given)) throw new Error(`CHROMIUM_PATH names ${given}, which does not exist.`);
    return given;
  }
  const refusals: unknown[] = [];
  const installed = findInstalled() ?? (await install(refusals));
  if (installed !== undefined) return installed;
  throw new Error('No browser was found: install Chromium or Google Chrome, or set CHROMIUM_PATH to one.', {
    cause: new AggregateError(refusals),
  });
};

/** A headless browser with an empty profile that reaches only this machine. The caller closes it. */
export const launchBrowser = async (): Promise<Browser> =>
  chromium.launch({ executablePath: readTestbed('chromium'), headless: true, args: flags });

/** From its next address on, this page keeps back the cookies of a site that only stands in a frame, unless they are partitioned. */
export const blockThirdPartyCookies = async (page: Page): Promise<void> => {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Network.enable');
  await devtools.send('Network.setCookieControls', { enableThirdPartyCookieRestriction: true });
};

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE *.localhost, EXCLUDE 127.0.0.1',
];

const findInstalled = (): string | undefined => {
  const folders = (process.env['PATH'] ?? '').split(path.delimiter);
  const onPath = folders.flatMap((folder) => programNames.map((name) => path.join(folder, name)));
  return [...onPath, ...macPrograms].find((program) => existsSync(program));
};

const install = async (refusals: unknown[]): Promise<string | undefined> => {
  if (!(await mayInstallPackages())) return undefined;
  for (const name of packageNames) {
    try {
      await installPackage(name);
      return findInstalled();
    } catch (error) {
      refusals.push(error);
    }
  }
  return undefined;
};

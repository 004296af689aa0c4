import { existsSync } from 'node:fs';
import path from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { installPackage, mayInstallPackages } from './debian-packages.js';
import { readTestbed } from './testbed.js';

const programNames = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
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
  const installed = findInstalled() ?? (await install());
  if (installed !== undefined) return installed;
  throw new Error('No browser was found: install Chromium or Google Chrome, or set CHROMIUM_PATH to one.');
};

/** A headless browser with an empty profile that reaches only this machine. The caller closes it. */
export const launchBrowser = async (moreFlags: readonly string[] = []): Promise<Browser> =>
  chromium.launch({ executablePath: readTestbed('chromium'), headless: true, args: [...flags, ...moreFlags] });

/** Cookies of a site that only stands in a frame are kept back, unless they are partitioned. */
export const blockThirdPartyCookies = ['--test-third-party-cookie-phaseout'];

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

const install = async (): Promise<string | undefined> => {
  if (!(await mayInstallPackages())) return undefined;
  await installPackage('chromium');
  return findInstalled();
};

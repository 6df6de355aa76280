import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { HarnessError, messageOf } from '../base/errors.ts';
import { stateFolder } from '../base/folders.ts';
import type { Progress } from '../base/progress.ts';
import { aptGet } from '../clusters/engine/apt.ts';
import { installOwn } from '../clusters/engine/install-debian.ts';
import { parseOsRelease } from '../clusters/engine/os-release.ts';
import { findProgram } from '../clusters/engine/system-program.ts';

const PROGRAMS = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** A browser elsewhere: on macOS `/Applications/Google Chrome.app/Contents/MacOS/Google Chrome`. */
const VARIABLE = 'DUALVIP_BROWSER';

/**
 * The program of a Chromium: the one that is there, and on Debian as root else Debian's, installed now.
 * @throws HarnessError `DUALVIP_BROWSER_MISSING` with what to install
 */
export async function ensureBrowser(progress: Progress, signal: AbortSignal): Promise<string> {
  const found = process.env[VARIABLE] ?? (await findBrowser());
  if (found !== undefined) return found;
  if (!(await isDebianAsRoot())) throw missing();
  const log = path.join(stateFolder(), 'browser', 'apt.log');
  await progress.step('installing chromium', async (detail) => {
    try {
      await installOwn(aptGet({ log, detail, signal }), ['chromium']);
    } catch (error) {
      throw missing(error, log);
    }
  });
  const installed = await findBrowser();
  if (installed === undefined) throw missing();
  return installed;
}

async function findBrowser(): Promise<string | undefined> {
  for (const name of PROGRAMS) {
    const program = await findProgram(name);
    if (program !== undefined) return program;
  }
  return undefined;
}

async function isDebianAsRoot(): Promise<boolean> {
  const release = await readFile('/etc/os-release', 'utf8').catch(() => '');
  return process.getuid?.() === 0 && parseOsRelease(release).id === 'debian';
}

function missing(cause?: unknown, evidence?: string): HarnessError {
  const why = cause === undefined ? '' : ` and cannot be installed: ${messageOf(cause)}`;
  return new HarnessError('DUALVIP_BROWSER_MISSING', `no Chromium is installed${why}`, {
    cause,
    ...(evidence === undefined ? {} : { evidence }),
    hint: `Install Chromium or Chrome (on Debian: apt-get install chromium), or name the program in ${VARIABLE}.`,
  });
}

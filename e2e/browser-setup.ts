import type { TestProject } from 'vitest/node';

import { lineProgress } from '../base/progress.ts';
import { ensureBrowser } from './browser.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The program of the browser that pages are looked at with. */
    browser: string;
  }
}

const TEN_MINUTES = 600_000;

/** A browser for all files, installed where it is missing and can be. */
export default async function setup(project: TestProject): Promise<void> {
  project.provide('browser', await ensureBrowser(lineProgress(), AbortSignal.timeout(TEN_MINUTES)));
}

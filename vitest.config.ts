import { defineConfig } from 'vitest/config';

/**
 * As Playwright's template has it: on a machine that is shared, and starved for a moment, a run on a real cluster or
 * in a browser may pass a bound that says nothing of us. What fails twice has failed; what passed at the second try is
 * told as such. Unit tests depend on no clock of the machine, but some of them on real sockets and processes.
 */
const retry = process.env['CI'] ? 1 : 0;

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          retry,
          include: ['{base,cli,clusters,harness,reports,bench}/**/*.test.ts'],
          // Not how long they take, but when a test that waits for what does not come is given up.
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'browser',
          retry,
          include: ['e2e/**/*.browser.ts'],
          globalSetup: ['e2e/browser-setup.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'e2e',
          retry,
          include: ['e2e/**/*.e2e.ts'],
          // One cluster for all files: its name is provided to them.
          globalSetup: ['e2e/global-setup.ts'],
          fileParallelism: false,
          testTimeout: 600_000,
          hookTimeout: 1_800_000,
        },
      },
    ],
  },
});

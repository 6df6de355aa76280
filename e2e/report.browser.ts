import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

import axe, { type AxeResults } from 'axe-core';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';

import { writeReport, reportedRun } from '../reports/html/report-file.ts';
import { renderReport } from '../reports/html/report.ts';
import { eventObserved, runWith, scenarioWith } from '../reports/fixtures.ts';
import type { Observation, RunRecord } from '../reports/record/record.ts';
import { historyEntry } from '../reports/trends/history-entry.ts';
import './browser-setup.ts';

const LOG_LINE = '{"ts":"2026-11-23T01:45:02Z","level":"error","msg":"web-frontend: no pool of IPv6"}';
const HOSTILE =
  '<img src=x onerror="window.wasRun = true"><script>window.wasRun = true</script>\u001b[31m\u202e';

/** A node's death as both families felt it. */
const failover: Observation[] = (['IPv4', 'IPv6'] as const).flatMap((family): Observation[] => {
  const address = family === 'IPv4' ? '172.18.255.1' : 'fc00:f853:ccd:e793::ff01';
  const base = {
    ...{ kind: 'stream' as const, at: 1200, endedAt: 14_000, step: 'watched', service: 'web-frontend' },
    ...{ family, address, port: 80, intervalMs: 10, sent: 1280, ok: 1080, gaps: [] },
  };
  const lost = { from: 2130, to: 4180, count: 200, outcome: 'timeout' as const, after: 2120, until: 4170 };
  return [
    { ...base, stream: 'new', gaps: [lost] },
    { ...base, stream: 'held', gaps: [lost], breaks: [{ at: 2140, outcome: 'reset' }] },
    { ...base, stream: 'control', address: '172.18.0.9' },
  ];
});

const record: RunRecord = runWith([
  ...runWith().scenarios,
  scenarioWith('pass', {
    id: 'fault-node-dies',
    title: 'A node that dies costs both families the same',
    observations: [
      ...scenarioWith('pass').observations,
      ...failover,
      eventObserved({ at: 3900, reason: 'nodeAssigned', message: 'announcing from node "dual-worker2"' }),
      {
        ...{ kind: 'window', at: 2000, endedAt: 13_000, step: 'failover', of: 'watched', after: 'node-dies' },
        ...{ cause: 'node dual-worker killed', heals: false },
      },
    ],
  }),
  scenarioWith('fail', {
    id: 'hostile',
    title: HOSTILE,
    observations: [eventObserved({ at: 1100, message: HOSTILE })],
  }),
]);

/** The two nights before. */
const history = ['2026-11-21', '2026-11-22'].map((day) => ({
  ...historyEntry(record),
  id: day,
  startedAt: `${day}T01:45:00.000Z`,
}));

let folder: string;
let browser: Browser;
let one: string;
let several: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'dualvip-report-'));
  for (const { evidence } of record.scenarios) {
    for (const name of evidence) {
      await mkdir(path.join(folder, path.dirname(name)), { recursive: true });
      await writeFile(path.join(folder, name), name.endsWith('.log') ? LOG_LINE : 'kind: Service\n');
    }
  }
  await writeReport(folder, record, history);
  one = pathToFileURL(path.join(folder, 'report.html')).href;
  const page = path.join(folder, 'several.html');
  const runs = [record, { ...record, id: 'other', scenarios: record.scenarios.slice(3) }];
  const reported = await Promise.all(
    runs.map((run) => reportedRun({ record: run, damage: ['exitCode: lost'], folder, page })),
  );
  await writeFile(page, renderReport(reported));
  several = pathToFileURL(page).href;
  browser = await chromium.launch({
    executablePath: inject('browser'),
    // Chromium's own sandbox does not start as root.
    args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
  });
});

afterAll(async () => {
  await browser?.close();
  await rm(folder, { recursive: true, force: true });
});

const DESKTOP = { viewport: { width: 1200, height: 900 } };
const PHONE = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true };

/** A page, and what it said or asked for that it must not. */
async function opened(url: string, options: BrowserContextOptions = DESKTOP) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => {
    if (!request.url().startsWith('file:')) complaints.push(request.url());
  });
  await page.goto(url);
  return { page, complaints, [Symbol.asyncDispose]: () => context.close() };
}

/** In the page's own words, as this project knows no types of a page's. */
async function openEverything(page: Page): Promise<void> {
  await page.evaluate('for (const details of document.querySelectorAll("details")) details.open = true');
}

async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const results = await page.evaluate<AxeResults>('axe.run()');
  return results.violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html }) => `${id}: ${html.slice(0, 200)}`),
  );
}

describe('the HTML report', () => {
  it('leads from the matrix to a case, and from there to its evidence', async () => {
    await using view = await opened(one);
    const { page } = view;
    const body = page.locator('[id="case-c4-separate-pools"]');
    await page.locator('.matrix').getByRole('link', { name: 'c4-separate-pools' }).click();
    await expect.poll(() => body.isVisible()).toBe(true);
    await body.getByText('files of evidence').click();
    await body.getByRole('link', { name: 'metallb/controller.log' }).click();
    await page.waitForURL(/controller\.log$/);
    expect(await page.locator('body').textContent()).toContain('no pool of IPv6');
    expect(view.complaints).toEqual([]);
  });

  it('says first what is not as known, with what was expected and observed', async () => {
    await using view = await opened(one);
    const { page } = view;
    expect(await page.locator('h1').textContent()).toBe(
      '4 differ from what is known of metallb 0.15.2 (native), and 2 could not be judged',
    );
    const item = page.locator('.news > li').filter({ hasText: 'c6-separate-pools-are-served' });
    expect(await item.textContent()).toContain(
      'expected an IPv6 address of ipv6-pool; observed no IPv6 address',
    );
  });

  it('puts logs on the clock of what was seen', async () => {
    await using view = await opened(`${one}#case-c6-separate-pools-are-served`);
    const rows = view.page.locator('[id="case-c6-separate-pools-are-served"] .clock tbody tr');
    const texts = await rows.allTextContents();
    expect(texts.findIndex((text) => text.includes('no pool of IPv6'))).toBe(texts.length - 1);
  });

  it('is narrowed down by words and verdicts, with the keyboard alone', async () => {
    await using view = await opened(one);
    const { page } = view;
    const rows = page.locator('.matrix tbody tr:visible');
    const all = await rows.count();
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('To the verdicts');
    await page.getByLabel('Search').focus();
    await page.keyboard.type('separate pools c4');
    expect(await rows.count()).toBe(1);
    expect(await page.getByRole('status').textContent()).toBe(`1 of ${all} shown`);
    expect(await page.locator('.case:visible').count()).toBe(1);
    await page.getByLabel('Search').fill('nothing like it');
    expect(await page.locator('#nothing').isVisible()).toBe(true);
    await page.getByLabel('Search').fill('');
    await page.getByLabel('unexpected-pass').focus();
    await page.keyboard.press('Space');
    expect(await rows.count()).toBe(all - 1);
    await page.locator('.matrix a').first().focus();
    await page.keyboard.press('Enter');
    expect(await page.evaluate('document.activeElement.className')).toBe('body');
  });

  it('shows where runs differ', async () => {
    await using view = await opened(several);
    const { page } = view;
    expect(await page.locator('.matrix thead th[colspan]').count()).toBe(2);
    await page.getByLabel('only where runs differ').check();
    expect(await page.locator('.matrix tbody tr:visible').count()).toBe(0);
    expect(await page.locator('.warning').first().textContent()).toContain('exitCode: lost');
  });

  it('can be read without its script', async () => {
    await using view = await opened(one, { ...DESKTOP, javaScriptEnabled: false });
    const { page } = view;
    expect(await page.locator('#filter').isVisible()).toBe(false);
    await page.locator('.matrix').getByRole('link', { name: 'c2-dual-pool' }).click();
    expect(await page.locator('[id="case-c2-dual-pool"] .clock').isVisible()).toBe(true);
  });

  it('draws a failover of each family, with text of a readable size', async () => {
    await using view = await opened(`${one}#case-fault-node-dies`, PHONE);
    const charts = view.page.locator('[id="case-fault-node-dies"] svg.chart');
    expect(await charts.count()).toBe(2);
    const chart = charts.first();
    expect(await chart.getAttribute('aria-label')).toContain(
      'IPv4 172.18.255.1 after node-dies: 2050 ms ±10 ms',
    );
    expect(await chart.textContent()).toContain('elected dual-worker2 · 1,900 ms');
    const sizes = await chart
      .locator('text')
      .evaluateAll((texts) =>
        texts.map((text) => [text.getBoundingClientRect().height, text.getBoundingClientRect().right]),
      );
    for (const [height = 0, right = 0] of sizes) {
      expect(height).toBeGreaterThanOrEqual(12);
      expect(right).toBeLessThanOrEqual(PHONE.viewport.width);
    }
  });

  it('draws the trend of each family over the history, with text of a readable size', async () => {
    await using view = await opened(`${one}#trends`, PHONE);
    const charts = view.page.locator('#trends svg.trend');
    expect(await charts.count()).toBe(4);
    expect(await charts.nth(2).getAttribute('aria-label')).toMatch(
      /^Until an address was assigned, 3 runs\. IPv4: p50 84 ms/,
    );
    const heights = await charts
      .locator('text')
      .evaluateAll((texts) => texts.map((text) => text.getBoundingClientRect().height));
    expect(Math.min(...heights)).toBeGreaterThanOrEqual(12);
  });

  it('runs nothing of what a record says', async () => {
    await using view = await opened(`${one}#case-hostile`);
    const { page } = view;
    await openEverything(page);
    expect(await page.evaluate('"wasRun" in window')).toBe(false);
    expect(await page.locator('img').count()).toBe(0);
    expect(await page.locator('[id="case-hostile"] .clock').textContent()).toContain('<script>window.wasRun');
    expect(view.complaints).toEqual([]);
  });

  it.each([
    ['one run', 360, () => one],
    ['several runs', 360, () => several],
    ['one run', 320, () => one],
  ])('of %s is no wider than a page of %i pixels', async (_, width, url) => {
    await using view = await opened(url(), { ...PHONE, viewport: { width, height: 740 } });
    await openEverything(view.page);
    expect(await view.page.evaluate('document.documentElement.scrollWidth')).toBe(width);
  });

  it.each([
    ['light', 'one run', DESKTOP, () => one],
    ['dark', 'one run', DESKTOP, () => one],
    ['light', 'several runs', DESKTOP, () => several],
    ['dark', 'one run', PHONE, () => one],
  ] as const)('has no violation that axe finds: %s, %s', async (colorScheme, _, options, url) => {
    await using view = await opened(url(), { ...options, colorScheme });
    await openEverything(view.page);
    expect(await violations(view.page)).toEqual([]);
  });

  it('prints', async () => {
    await using view = await opened(one);
    await view.page.emulateMedia({ media: 'print' });
    expect(await view.page.locator('#filter').isVisible()).toBe(false);
    expect((await view.page.pdf()).subarray(0, 5).toString()).toBe('%PDF-');
    expect(await readFile(path.join(folder, 'report.html'), 'utf8')).toContain('</html>');
  });
});

import path from 'node:path';

import { FAMILIES } from '../../base/addresses.ts';
import { whyOf } from '../first-failed.ts';
import { checkPlace } from '../check-place.ts';
import { printable } from '../printable.ts';
import { assignmentMs } from '../record/assignment.ts';
import { implementationTitle } from '../record/implementation-name.ts';
import type { RunRecord, ScenarioRecord, Verdict } from '../record/record.ts';
import { failure } from '../terminal/failure.ts';
import { pageOf } from '../terminal/page.ts';

/** What others gate on is `failed`, so whatever turns a run red is that; `rawStatus` has the verdict. */
const STATUS: Readonly<Record<Verdict, 'passed' | 'failed' | 'skipped'>> = {
  pass: 'passed',
  'expected-fail': 'passed',
  unsupported: 'skipped',
  fail: 'failed',
  flaky: 'failed',
  'unexpected-pass': 'failed',
  inconclusive: 'failed',
  error: 'failed',
};

/** The run in the Common Test Report Format (https://ctrf.io): JSON, one test a scenario. */
export function renderCtrf(record: RunRecord): string {
  const run = printable(record);
  const start = Math.round(Date.parse(record.startedAt));
  const tests = [...run.scenarios.map((scenario) => test(scenario, run, start)), ...unfinished(run)];
  const count = (status: string) => tests.filter((one) => one.status === status).length;
  const report = {
    reportFormat: 'CTRF',
    specVersion: '0.0.0',
    generatedBy: `dualvip ${run.harness.version}`,
    timestamp: record.startedAt,
    results: {
      tool: { name: 'dualvip', version: run.harness.version },
      summary: {
        tests: tests.length,
        passed: count('passed'),
        failed: count('failed'),
        skipped: count('skipped'),
        pending: 0,
        other: 0,
        start,
        stop: start + Math.round(run.durationMs),
      },
      tests,
      environment: {
        appName: run.implementation.name,
        appVersion: run.implementation.version,
        osPlatform: run.machine.platform,
        testEnvironment: run.cluster.topology,
        extra: {
          run: run.id,
          mode: run.implementation.mode,
          kubernetes: run.cluster.kubernetes,
          exitCode: run.exitCode,
        },
      },
    },
  };
  return `${JSON.stringify(report, null, 2)}\n`;
}

function test(scenario: ScenarioRecord, run: RunRecord, origin: number) {
  const { id, title, verdict, attempts, timing, evidence, checks, features, claim, issue } = scenario;
  const status = STATUS[verdict.pair];
  const message = whyOf(scenario);
  const begin = origin + Math.round(scenario.startedAt);
  const folder = path.posix.join('reports/runs', run.id);
  const assigned = assignmentMs(scenario.observations);
  return {
    name: id,
    status,
    duration: Math.round(timing.wallMs),
    start: begin,
    stop: begin + Math.round(timing.wallMs),
    suite: [implementationTitle(run.implementation), run.cluster.topology],
    rawStatus: verdict.pair,
    ...(message === undefined ? {} : { message }),
    ...(status === 'failed'
      ? { trace: failure(scenario, { run, folder }, pageOf({ colors: false })).join('\n') }
      : {}),
    ...(features.length === 0 ? {} : { tags: features }),
    type: 'e2e',
    filePath: `scenarios/${id}/scenario.yaml`,
    retries: (attempts?.length ?? 1) - 1,
    flaky: verdict.pair === 'flaky',
    steps: checks.map((check) => ({
      name: `${checkPlace(check)}: ${check.expected}`,
      status: check.unsupported ? 'skipped' : check.ok ? 'passed' : 'failed',
    })),
    attachments: evidence.map((file) => ({
      name: path.posix.basename(file) || file,
      contentType: contentType(file),
      path: file,
    })),
    extra: {
      title,
      ...(claim === undefined ? {} : { claim }),
      ...(issue === undefined ? {} : { issue }),
      ...Object.fromEntries(FAMILIES.map((family) => [`verdict${family}`, verdict[family]])),
      ...Object.fromEntries(
        FAMILIES.flatMap((family) => {
          const ms = assigned[family];
          return ms === undefined ? [] : [[`assigned${family}Ms`, ms]];
        }),
      ),
    },
  };
}

/** A run that was cut short must not look green for the scenarios that it did not come to. */
function unfinished({ interrupted }: RunRecord) {
  if (interrupted === undefined) return [];
  const name = 'the run came to its end';
  return [{ name, status: 'failed', duration: 0, rawStatus: 'interrupted', message: interrupted }];
}

const TYPES: Readonly<Record<string, string>> = {
  '.json': 'application/json',
  '.yaml': 'application/yaml',
  '.pcap': 'application/vnd.tcpdump.pcap',
};

function contentType(file: string): string {
  return TYPES[path.posix.extname(file)] ?? 'text/plain';
}

import { runWith, scenarioWith } from '../fixtures.ts';
import { VERDICTS, type Observation, type RunRecord, type StreamObservation } from '../record/record.ts';
import type { Profile } from './profile.ts';

/** A profile with a core feature of two scenarios, and an extended one for every verdict. */
export const PROFILE: Profile = {
  name: 'dual-stack',
  version: 1,
  features: [
    {
      name: 'core-feature',
      level: 'core',
      of: 'implementation',
      title: 'What everybody does',
      meaning: 'It works.',
      scenarios: ['core-1', 'core-2'],
    },
    ...VERDICTS.map((verdict) => ({
      name: verdict,
      level: 'extended' as const,
      of: 'implementation' as const,
      title: `A feature that is ${verdict}`,
      meaning: 'It may work.',
      scenarios: [scenarioWith(verdict).id],
    })),
    {
      name: 'not-run',
      level: 'extended',
      of: 'implementation',
      title: 'Never run',
      meaning: 'It may work.',
      scenarios: ['nowhere'],
    },
  ],
};

export const core = [scenarioWith('pass', { id: 'core-1' }), scenarioWith('pass', { id: 'core-2' })];

/** Both core scenarios, one of every verdict, and a failover. */
export function fullRun(overrides: Partial<RunRecord> = {}): RunRecord {
  const every = VERDICTS.map((verdict) => scenarioWith(verdict));
  const failover = scenarioWith('pass', { id: 'failover-link-down', observations: failoverObserved() });
  return runWith([...core, ...every, failover], overrides);
}

/** A fault at 1000 that cost IPv4 two seconds, and IPv6 as long as anybody looked. */
export function failoverObserved(): Observation[] {
  return [
    {
      kind: 'window',
      at: 1000,
      endedAt: 9000,
      step: 'failover',
      of: 'watched',
      after: 'cable-pulled',
      cause: 'fault link-down',
      heals: false,
    },
    stream('172.18.255.1', { to: 3100 }),
    stream('fc00::1', {}),
    stream('172.18.0.9', undefined),
    stream('fc00::9', undefined),
  ];
}

function stream(address: string, end: { to?: number } | undefined): StreamObservation {
  return {
    kind: 'stream',
    at: 0,
    endedAt: 10_000,
    step: 'watched',
    service: 'web-frontend',
    family: address.includes(':') ? 'IPv6' : 'IPv4',
    address,
    port: 80,
    stream: end ? 'new' : 'control',
    intervalMs: 10,
    sent: 1000,
    ok: 800,
    gaps: end ? [{ from: 1100, count: 200, outcome: 'timeout', after: 1090, until: 3090, ...end }] : [],
  };
}

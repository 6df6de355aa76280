import type { ScenarioRecord, Verdict } from './record/record.ts';

interface Appearance {
  mark: string;
  color: 'green' | 'cyan' | 'red' | 'yellow' | 'dim';
  /** What the verdict says, for a reader who meets the word for the first time. */
  meaning: string;
  /** What it says of the claim, after its name: "C2 refuted". */
  claim: string;
}

export const APPEARANCE: Readonly<Record<Verdict, Appearance>> = {
  pass: { mark: '✓', color: 'green', meaning: 'as claimed', claim: 'holds' },
  'expected-fail': {
    mark: '~',
    color: 'cyan',
    meaning: 'refuted as known: not as claimed, and exactly as the known deviation says',
    claim: 'refuted',
  },
  fail: {
    mark: '✗',
    color: 'red',
    meaning: 'not as claimed, and not as any known deviation',
    claim: 'refuted',
  },
  'unexpected-pass': {
    mark: '+',
    color: 'red',
    meaning: 'as claimed, although a known deviation says otherwise',
    claim: 'holds',
  },
  inconclusive: {
    mark: '?',
    color: 'yellow',
    meaning: 'the control failed too: the network, not the VIP',
    claim: 'open',
  },
  flaky: {
    mark: '≈',
    color: 'yellow',
    meaning: 'of several attempts some were as known and some were not',
    claim: 'open',
  },
  unsupported: {
    mark: '-',
    color: 'dim',
    meaning: 'not run: the implementation does not claim the feature',
    claim: 'not run',
  },
  error: {
    mark: '!',
    color: 'red',
    meaning: 'the harness failed, which says nothing of the claim',
    claim: 'open',
  },
};

/** `C2`, or for a scenario that stems from a public issue `metallb#1156`. */
export function originOf({ claim, issue }: Pick<ScenarioRecord, 'claim' | 'issue'>): string {
  if (claim !== undefined) return claim;
  const [, repository, number] = /([^/]+)\/(?:issues|pull)\/(\d+)/.exec(issue ?? '') ?? [];
  return repository && number ? `${repository}#${number}` : '';
}

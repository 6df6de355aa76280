import { mkdir, mkdtempDisposable, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { describe, expect, it } from 'vitest';

import { runWith, scenarioWith } from '../fixtures.ts';
import { everyCell, ipv4First, runs } from '../matrix/fixtures.ts';
import { writeMatrix } from '../matrix/matrix-file.ts';
import type { AppliedFile } from './reproduction.ts';
import { appliedFiles, writeUnreported } from './unreported-files.ts';
import { isUnreported, renderUnreported } from './unreported.ts';

const pools = `apiVersion: metallb.io/v1beta1
kind: IPAddressPool
metadata:
  name: dual-pool
  namespace: metallb-system
spec:
  addresses:
    - 172.18.255.1-172.18.255.8
    - fc00:f853:ccd:e793::ff01-fc00:f853:ccd:e793::ff08
`;
const service = `apiVersion: v1
kind: Service
metadata:
  name: web-frontend
  namespace: dualvip-20261123-014500-k3f9
spec:
  type: LoadBalancer
  ipFamilyPolicy: PreferDualStack
  ipFamilies: [IPv6, IPv4]
`;
const applied: AppliedFile[] = [
  { name: 'pools.yaml', content: pools },
  { name: 'service.yaml', content: service },
];
const scenario = scenarioWith('expected-fail', {
  id: 'c9-ipv6-first',
  title: 'With ipFamilies [IPv6, IPv4] the primary is IPv6, in the spec and in the status',
  claim: 'C9',
  verdict: { pair: 'expected-fail', IPv4: 'pass', IPv6: 'pass' },
  checks: [
    ...scenarioWith('pass').checks,
    {
      step: 'assigned',
      subject: 'pair',
      ok: false,
      expected: 'in the status IPv6 before IPv4',
      observed: 'IPv4, IPv6',
    },
  ],
  deviation: ipv4First,
  observations: [
    ...scenarioWith('pass').observations,
    { kind: 'step', id: 'grow', step: 'patch', at: 1995, endedAt: 2001 },
  ],
  evidence: ['scenarios/c9-ipv6-first/applied/pools.yaml', 'scenarios/c9-ipv6-first/applied/service.yaml'],
});
const run = runWith([scenarioWith('pass'), scenarioWith('expected-fail'), scenario]);

describe('isUnreported', () => {
  it('is what was seen and has no upstream issue', () => {
    expect(run.scenarios.filter(isUnreported).map(({ id }) => id)).toEqual(['c9-ipv6-first']);
    expect(isUnreported({ ...scenario, verdict: scenarioWith('unexpected-pass').verdict })).toBe(false);
  });
});

describe('renderUnreported', () => {
  it('is a text that can be filed as it is', async () => {
    const text = renderUnreported({ run, scenario, applied, alsoSeen: ['metallb 0.13.12, 0.14.9 on dual'] });
    await expect(text).toMatchFileSnapshot('golden/c9-ipv6-first.md');
  });

  it('keeps what others wrote inside of its fences', () => {
    const forge = '```\n# Forged\n<script>alert(1)</script>\n@everyone `x';
    const text = renderUnreported({
      run,
      scenario: {
        ...scenario,
        title: forge,
        checks: scenario.checks.map((check) => ({ ...check, expected: forge, observed: forge })),
        deviation: { ...ipv4First, summary: forge },
        observations: scenario.observations.map((one) =>
          one.kind === 'event' ? { ...one, message: forge } : one,
        ),
      },
      applied: [{ name: 'service.yaml', content: `# ${forge}\n\u001B[2J\n${service}` }],
    });
    expect(outsideOfFences(text)).not.toMatch(/^# Forged|(?<!\\)<script|(?<!\\)@everyone/m);
    // The manifest keeps its lines, so that it can be applied.
    expect(text).toContain('\nkind: Service\n');
    expect(text).not.toContain('\u001B');
  });

  it('makes no command of a name that is none', () => {
    const forged = service.replace('web-frontend', '"x; rm -rf /"');
    const text = renderUnreported({ run, scenario, applied: [{ name: 'service.yaml', content: forged }] });
    expect(text.split('\n').filter((line) => line.startsWith('kubectl'))).toEqual([
      'kubectl apply -f service.yaml',
    ]);
  });

  it('brings no backend where the scenario has its own', () => {
    const backend = {
      name: 'backend.yaml',
      content: 'kind: Deployment\nmetadata: {name: web, namespace: x}\n',
    };
    expect(renderUnreported({ run, scenario, applied: [...applied, backend] })).not.toContain(
      'create deployment',
    );
  });

  it('does without files that are gone', () => {
    const text = renderUnreported({ run, scenario, applied: [] });
    expect(text).not.toContain('kubectl');
    expect(text).toContain('dualvip run --implementation metallb@0.15.2 --topology dual -t c9-ipv6-first');
  });
});

/** What a reader of Markdown does not take for code, by the fences' lengths (GFM 4.5). */
function outsideOfFences(text: string): string {
  let fence: string | undefined;
  const outside: string[] = [];
  for (const line of text.split('\n')) {
    const [backticks] = /^`{3,}/.exec(line) ?? [];
    if (fence === undefined) {
      if (backticks) fence = backticks;
      else outside.push(line);
    } else if (line.startsWith(fence)) fence = undefined;
  }
  expect(fence).toBeUndefined();
  return outside.join('\n');
}

const temporary = () => mkdtempDisposable(path.join(tmpdir(), 'dualvip-unreported-'));
const withApplied = async (folder: string) => {
  const place = path.join(folder, 'scenarios/c9-ipv6-first/applied');
  await mkdir(place, { recursive: true });
  for (const { name, content } of applied) await writeFile(path.join(place, name), content);
};

describe('files', () => {
  it('writes a text for each that is unreported, of what was applied', async () => {
    await using folder = await temporary();
    await withApplied(folder.path);
    expect(await writeUnreported(folder.path, run)).toEqual(['unreported/c9-ipv6-first.md']);
    const text = await readFile(path.join(folder.path, 'unreported/c9-ipv6-first.md'), 'utf8');
    expect(text).toBe(renderUnreported({ run, scenario, applied }));
  });

  it('makes no folder where nothing is unreported', async () => {
    await using folder = await temporary();
    expect(await writeUnreported(folder.path, runWith())).toEqual([]);
    expect(await readdir(folder.path)).toEqual([]);
  });

  it('reads nothing outside of the scenario’s own files', async () => {
    await using folder = await temporary();
    await withApplied(folder.path);
    await writeFile(path.join(folder.path, 'secret'), 'secret');
    const evidence = [
      'scenarios/c9-ipv6-first/applied/../../../secret',
      'secret',
      'scenarios/c9-ipv6-first/applied/gone.yaml',
      'scenarios/c9-ipv6-first/applied/service.yaml',
      'scenarios/c9-ipv6-first/applied/service.yaml',
    ];
    expect(await appliedFiles(folder.path, { ...scenario, evidence })).toEqual([
      { name: 'service.yaml', content: service },
    ]);
  });

  it('writes a matrix with one text for all runs that saw the same', async () => {
    await using folder = await temporary();
    const matrix = path.join(folder.path, everyCell.id);
    await writeMatrix(matrix, everyCell, runs);
    expect(JSON.parse(await readFile(path.join(matrix, 'matrix.json'), 'utf8'))).toEqual(everyCell);
    expect(await readdir(path.join(matrix, 'unreported'))).toEqual(['metallb-0.16.1-dual-c9-ipv6-first.md']);
    const text = await readFile(path.join(matrix, 'unreported/metallb-0.16.1-dual-c9-ipv6-first.md'), 'utf8');
    expect(text).toContain('\n- metallb 0.16.1, mode native\n- seen as well with metallb 0.13.12 on dual\n');
  });
});

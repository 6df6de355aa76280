import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { UsageError } from '../../base/errors.ts';
import { loadScenario, loadScenarios } from './load.ts';

let root: string;

beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'dualvip-scenarios-'));
});

afterEach(async () => {
  await rm(root, { recursive: true });
});

const SERVICE = `apiVersion: v1
kind: Service
metadata: {name: web-frontend}
spec: {type: LoadBalancer, ports: [{port: 80}]}
`;

const SCENARIO = `id: c1
title: One address
claim: C1
ranges:
  v4: {family: IPv4, size: 8}
pools:
  - {name: ipv4-pool, ranges: [v4]}
advertise:
  - {name: ipv4-l2adv, pools: [ipv4-pool]}
steps:
  - id: service
    apply: [service.yaml]
  - expect:
      service: web-frontend
      addresses:
        - {family: IPv4, pool: ipv4-pool}
  - probe: {service: web-frontend, port: 80, expect: reachable}
`;

async function write(files: Record<string, string>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(root, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, text);
  }
}

/** The message of the error of a scenario, each line without the folder of the test. */
async function problemsOf(scenario: string, manifests: Record<string, string> = { 'service.yaml': SERVICE }) {
  const files = Object.entries(manifests).map(([name, text]) => [`c1/manifests/${name}`, text]);
  await write({ 'c1/scenario.yaml': scenario, ...Object.fromEntries(files) });
  const error: unknown = await loadScenario(path.join(root, 'c1')).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(UsageError);
  expect(error).toMatchObject({
    code: 'DUALVIP_SCENARIO_INVALID',
    exitCode: 64,
    hint: 'docs/scenarios.md tells what each key means.',
  });
  return String(error).replace('UsageError: ', '').replaceAll(`${root}/`, '').split('\n');
}

describe('loadScenario', () => {
  it('reads a scenario, with defaults and ids filled in', async () => {
    await write({ 'c1/scenario.yaml': SCENARIO, 'c1/manifests/service.yaml': SERVICE });
    expect(await loadScenario(path.join(root, 'c1'))).toEqual({
      id: 'c1',
      title: 'One address',
      claim: 'C1',
      features: [],
      core: false,
      shared: false,
      topologies: ['dual', 'dual-v6-primary', 'dual-iptables'],
      ranges: { v4: { family: 'IPv4', size: 8 } },
      pools: [{ name: 'ipv4-pool', ranges: ['v4'] }],
      advertise: [{ name: 'ipv4-l2adv', pools: ['ipv4-pool'] }],
      folder: path.join(root, 'c1'),
      manifests: { 'service.yaml': SERVICE },
      steps: [
        { kind: 'apply', id: 'service', apply: ['service.yaml'] },
        {
          kind: 'expect',
          id: 'expect-2',
          expect: {
            service: 'web-frontend',
            addresses: [{ family: 'IPv4', pool: 'ipv4-pool' }],
            order: 'any',
            pending: false,
            distinctFrom: [],
            sharesWith: [],
            events: [],
          },
        },
        {
          kind: 'probe',
          id: 'probe-3',
          probe: {
            service: 'web-frontend',
            port: 80,
            protocol: 'http',
            expect: 'reachable',
            backends: false,
            announced: false,
            cold: false,
          },
        },
      ],
    });
  });

  it('reads every kind of step', async () => {
    const steps = `${SCENARIO}  - scale: {deployment: web, replicas: 3}
  - patch: {kind: Service, name: web-frontend, patch: {metadata: {annotations: {ips: '\${v4.first}'}}}}
  - delete: {kind: Service, name: web-frontend}
`;
    await write({ 'c1/scenario.yaml': steps, 'c1/manifests/service.yaml': SERVICE });
    const scenario = await loadScenario(path.join(root, 'c1'));
    expect(scenario.steps.map(({ id }) => id)).toEqual([
      'service',
      'expect-2',
      'probe-3',
      'scale-4',
      'patch-5',
      'delete-6',
    ]);
  });

  it('tells all problems at once, with positions and what was meant', async () => {
    const scenario = `id: c2
titel: One address
title: 5
ranges:
  v4: {family: ipv4, size: 8}
  v6: {family: IPv6, size: 8}
pools:
  - {name: ipv4-pool, ranges: [v4]}
  - {name: ipv6-pool, ranges: [v7, v6]}
advertise:
  - {name: l2adv, pools: [ipv5-pool]}
steps:
  - apply: [servcie.yaml]
  - exepct: {service: web-frontend}
  - expect:
      service: web-frontend
      addresses:
        - {family: IPv6, pool: ipv6-pol}
  - probe: {service: web-frontend, port: 80, expect: {IPv4: reachble}}
  - probe: {service: web-frontend, port: '80', expect: reachable}
  - probe: {service: web-frontend, port: 80, expect: {IPv5: reachable}}
  - probe: {service: web-frontend, port: 80, expect: open}
  - {}
`;
    expect(await problemsOf(scenario)).toEqual([
      'c1/scenario.yaml:1:5: id: the id is the name of the folder, "c1"',
      'c1/scenario.yaml:2:1: titel: unknown key "titel" (did you mean "title"?)',
      'c1/scenario.yaml:3:8: title: this must be a string (put it in quotes if it looks like something else)',
      'c1/scenario.yaml:5:16: ranges.v4.family: "ipv4" is not a value of this key (did you mean "IPv4"?)',
      'c1/scenario.yaml:11:27: advertise[0].pools[0]: no pool "ipv5-pool" (did you mean "ipv4-pool"?)',
      'c1/scenario.yaml:13:13: steps[0].apply[0]: no file manifests/servcie.yaml (did you mean "service.yaml"?)',
      'c1/scenario.yaml:14:5: steps[1].exepct: unknown key "exepct" (did you mean "expect"?)',
      'c1/scenario.yaml:18:32: steps[2].expect.addresses[0].pool: no pool "ipv6-pol" (did you mean "ipv6-pool"?)',
      'c1/scenario.yaml:19:61: steps[3].probe.expect.IPv4: "reachble" is not a value of this key (did you mean "reachable"?)',
      'c1/scenario.yaml:20:42: steps[4].probe.port: this must be a number',
      'c1/scenario.yaml:21:55: steps[5].probe.expect.IPv5: unknown key "IPv5" (did you mean "IPv4"?)',
      'c1/scenario.yaml:22:54: steps[6].probe.expect: "open" is not a value of this key (it is one of reachable, unreachable, no-address)',
      'c1/scenario.yaml:23:5: steps[7]: a step does one of apply, expect, probe, patch, delete, scale, pools, advertise, restart, stop, start, many, traffic, streams, outage, diagnose, prerequisites, router, client, routes, spread, sessions, place, fault, heal, announced',
    ]);
  });

  it.each([
    [
      'an unknown range',
      '[v4]}',
      '[v5]}',
      [
        '5:7: ranges.v4: no pool and no template uses this range',
        '7:32: pools[0].ranges[0]: no range "v5" (did you mean "v4"?)',
      ],
    ],
    [
      'a bad name of a range',
      'v4: {',
      'V4: {',
      ['5:3: ranges.V4: "V4": the name of a range has lower-case letters, digits and hyphens'],
    ],
    [
      'a reserved name of a range',
      'v4: {',
      'run: {',
      [
        '5:3: ranges.run: "run": backend, run, annotation, class, pool, node, index are taken by template variables',
      ],
    ],
    [
      'no advertise',
      /advertise:\n.*\n/,
      '',
      [
        '7:3: pools: say which pools are advertised: `advertise: [{name, pools}]`, or `advertise: []` for none',
      ],
    ],
    [
      'a pool without the family',
      'family: IPv4, pool',
      'family: IPv6, pool',
      ['16:32: steps[1].expect.addresses[0].pool: the pool "ipv4-pool" has no IPv6 range'],
    ],
    [
      'two kinds in a step',
      'probe: {',
      'scale: {deployment: web, replicas: 1}\n    probe: {',
      ['17:5: steps[2]: a step does one thing, this one does probe and scale: make it 2 steps'],
    ],
    [
      'an id twice',
      '- expect:',
      '- id: service\n    expect:',
      ['13:9: steps[1].id: "service" is the id of an earlier step too'],
    ],
    [
      'a Service that is not there',
      'probe: {service: web-frontend',
      'probe: {service: frontend',
      ['17:22: steps[2].probe.service: no step before this one applies a Service "frontend"'],
    ],
    [
      'a port that is not there',
      'port: 80,',
      'port: 8080,',
      ['17:42: steps[2].probe.port: the Service "web-frontend" has no port 8080 (known: 80)'],
    ],
    [
      'an unknown Deployment',
      'probe: {',
      'scale: {deployment: wbe, replicas: 1}\n  - probe: {',
      ['17:25: steps[2].scale.deployment: no Deployment "wbe" (did you mean "web"?)'],
    ],
    [
      'an unknown variable in a patch',
      '- probe: {',
      '- patch: {kind: Service, name: web-frontend, patch: {a: ["${v4.frist}"]}}\n  - probe: {',
      ['17:60: steps[2].patch.patch.a[0]: no variable "v4.frist" (did you mean "v4.first"?)'],
    ],
    [
      'a size that is too large',
      'size: 8',
      'size: 1025',
      ['5:28: ranges.v4.size: this must be at most 1024'],
    ],
    [
      'a size that is no whole number',
      'size: 8',
      'size: 8.5',
      ['5:28: ranges.v4.size: this must be a whole number'],
    ],
    [
      'a claim that is none',
      'claim: C1',
      'claim: C21',
      ['3:8: claim: the guide’s claims are C1 to C20: docs/claims.md'],
    ],
    [
      'an issue that is no address',
      'claim: C1',
      'issue: 1156',
      ['3:8: issue: this must be a string (put it in quotes if it looks like something else)'],
    ],
    ['a key that is missing', 'family: IPv4, size', 'size', ['5:7: ranges.v4.family: this key is missing']],
    [
      'a file outside of manifests/',
      '[service.yaml]',
      '[../service.yaml]',
      ['12:13: steps[0].apply[0]: the name of a YAML file directly under manifests/'],
    ],
    [
      'a list that is a string',
      '[service.yaml]',
      'service.yaml',
      ['12:12: steps[0].apply: this must be a list'],
    ],
    ['a key twice', 'claim: C1', 'title: again', ['3:1: not valid YAML: Map keys must be unique']],
  ])('tells the position of %s', async (_, from, to, lines) => {
    expect(await problemsOf(SCENARIO.replace(from, to))).toEqual(
      lines.map((line) => `c1/scenario.yaml:${line}`),
    );
  });

  it('wants something to be tested', async () => {
    expect(await problemsOf(SCENARIO.replace(/ {2}- expect:[^]*/, ''))).toEqual([
      'c1/scenario.yaml:11:3: steps: nothing is tested: no step is one of expect, probe, many, traffic, outage, diagnose, prerequisites, routes, spread, announced, or has `rejected`',
    ]);
  });

  it('tells of manifests that are wrong or not applied', async () => {
    const manifests = {
      'service.yaml': `${SERVICE}# \${v4.fist}\n`,
      'other.yaml': SERVICE,
    };
    expect(await problemsOf(SCENARIO, manifests)).toEqual([
      'c1/manifests/other.yaml:1:1: no step applies this file',
      'c1/manifests/service.yaml:5:3: no variable "v4.fist" (did you mean "v4.first"?)',
    ]);
  });

  it('takes a range that only a manifest uses', async () => {
    const manifest = SERVICE.replace('web-frontend', 'web-frontend, annotations: {a: "${v4.range}"}');
    const scenario = SCENARIO.replace(/pools:\n[^]*steps:/, 'steps:').replace(', pool: ipv4-pool', '');
    await write({ 'c1/scenario.yaml': scenario, 'c1/manifests/service.yaml': manifest });
    expect(await loadScenario(path.join(root, 'c1'))).toMatchObject({ pools: [], advertise: [] });
  });

  const BGP = SCENARIO.replace('pools: [ipv4-pool]}', 'pools: [ipv4-pool], by: bgp}')
    .replace('{family: IPv4, size: 8}', '{family: IPv4, addresses: 10.0.50.1-10.0.50.254}')
    .replace('steps:', 'features: [bgp]\nsteps:')
    .replace('expect: reachable}', 'expect: reachable, from: client}');

  it('takes addresses as they are written where they are announced by BGP', async () => {
    await write({ 'c1/scenario.yaml': BGP, 'c1/manifests/service.yaml': SERVICE });
    expect(await loadScenario(path.join(root, 'c1'))).toMatchObject({
      ranges: { v4: { addresses: '10.0.50.1-10.0.50.254' } },
      advertise: [{ name: 'ipv4-l2adv', by: 'bgp' }],
    });
  });

  it('tells what there is only where something is announced by BGP', async () => {
    expect(await problemsOf(BGP.replace(', by: bgp', ''))).toEqual([
      'c1/scenario.yaml:5:33: ranges.v4.addresses: this needs an advertisement that is `by: bgp`',
      'c1/scenario.yaml:18:71: steps[2].probe.from: this needs an advertisement that is `by: bgp`',
    ]);
    expect(await problemsOf(BGP.replace('features: [bgp]', 'features: [l2]'))).toEqual([
      'c1/scenario.yaml:10:11: features: an advertisement `by: bgp` needs a feature: one of bgp, bgp-ipv4, bgp-ipv4-only',
    ]);
  });

  it('tells which addresses cannot be announced, and that a range has one of two', async () => {
    expect(await problemsOf(BGP.replace('10.0.50.254', '8.8.8.8'))).toEqual([
      "c1/scenario.yaml:5:33: ranges.v4.addresses: 8.8.8.8 may be somebody's: take private addresses (RFC 1918, RFC 4193)",
    ]);
    expect(await problemsOf(BGP.replace(', addresses: 10.0.50.1-10.0.50.254', ''))).toEqual([
      'c1/scenario.yaml:5:7: ranges.v4: say how many addresses by `size`, or which ones by `addresses`',
    ]);
  });

  it('tells what is missing in an empty file or folder', async () => {
    expect(await problemsOf('', {})).toEqual(['c1/scenario.yaml:1:1: this must be a map']);
    await rm(path.join(root, 'c1', 'scenario.yaml'));
    await expect(loadScenario(path.join(root, 'c1'))).rejects.toThrow(
      `${root}/c1/scenario.yaml:1:1: no such file; a scenario is a folder with a scenario.yaml`,
    );
  });
});

describe('loadScenarios', () => {
  it('sorts by id as people do', async () => {
    for (const id of ['c10-x', 'c2-b', 'c2-a', 'issue-1156']) {
      const scenario = SCENARIO.replace('id: c1', `id: ${id}`);
      await write({ [`${id}/scenario.yaml`]: scenario, [`${id}/manifests/service.yaml`]: SERVICE });
    }
    const ids = (await loadScenarios(root)).map(({ id }) => id);
    expect(ids).toEqual(['c2-a', 'c2-b', 'c10-x', 'issue-1156']);
  });

  it('tells the problems of all of them', async () => {
    await write({ 'c2/scenario.yaml': 'a: [', 'c1/scenario.yaml': '' });
    await expect(loadScenarios(root)).rejects.toThrow(
      /c1\/scenario\.yaml:1:1: this must be a map\n.*c2\/scenario\.yaml:1:5: not valid YAML: /,
    );
  });

  it('does not pass over an empty folder', async () => {
    await expect(loadScenarios(root)).rejects.toMatchObject({
      code: 'DUALVIP_SCENARIO_NONE',
      message: `${root}: no scenario is here`,
    });
  });
});

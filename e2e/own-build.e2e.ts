import { mkdtempDisposable, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { run } from '../base/command.ts';
import { clusterNames } from '../clusters/cluster-state.ts';
import { goContext, moduleFolder } from '../clusters/images/source/go-module.ts';
import { findImplementation } from '../clusters/implementations/registry.ts';
import { readRunRecord } from '../reports/record-file.ts';
import type { RunRecord } from '../reports/record/record.ts';
import { dualvip, type CommandEnd } from './command-line.ts';

const SCENARIOS = ['c3-ipv4-only-pool', 'c9-ipv4-first', 'c9-ipv6-first'];

/** Puts the IPv6 addresses of a status before the IPv4 ones: one claim less holds, and one more. */
const APPENDED = '\t\tlbIngressIPs = append(lbIngressIPs, v1.LoadBalancerIngress{IP: lbIP.String()})\n';
const SEEDED = `\t\tif lbIP.To4() == nil {
\t\t\tlbIngressIPs = append([]v1.LoadBalancerIngress{{IP: lbIP.String()}}, lbIngressIPs...)
\t\t\tcontinue
\t\t}
`;

/** A checkout with a defect, against the release that it is a copy of. */
describe('a build of the user’s own', () => {
  const signal = AbortSignal.timeout(25 * 60_000);
  const cleanup = new AsyncDisposableStack();
  const name = `own-${process.pid}`;
  let checkout: string;
  let end: CommandEnd;
  let records: (RunRecord | undefined)[];

  const git = (...args: string[]) =>
    run('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.org', ...args], { cwd: checkout, signal });

  beforeAll(async () => {
    const folder = cleanup.use(await mkdtempDisposable(path.join(tmpdir(), 'dualvip-own-build-'))).path;
    checkout = path.join(folder, 'metallb');
    const { module } = await findImplementation('metallb@0.16.1');
    // A module's files are read-only.
    await run('cp', ['-r', await moduleFolder(module, await goContext(signal)), checkout], { signal });
    await run('chmod', ['-R', 'u+w', checkout], { signal });
    await git('init', '--quiet');
    await git('add', '.');
    await git('commit', '--quiet', '--message', 'as released');
    const file = path.join(checkout, 'controller/service.go');
    const source = await readFile(file, 'utf8');
    if (!source.includes(APPENDED)) throw new Error('there is nothing to seed the defect into');
    await writeFile(file, source.replace(APPENDED, SEEDED + APPENDED));
    const reports = path.join(folder, 'runs');
    const asked = ['--implementation', `metallb@path:${checkout}`, '--against', '0.16.1'];
    const pattern = `(^| )(${SCENARIOS.join('|')}): `;
    end = await dualvip(['run', ...asked, '-t', pattern, '--name', name, '--reports', reports]);
    const runs = (await readdir(reports)).filter((one) => /^\d{8}-/.test(one));
    records = await Promise.all(runs.sort().map((one) => readRunRecord(path.join(reports, one, 'run.json'))));
  });

  afterAll(() => cleanup.disposeAsync());

  it('is compared with the release, and is red', () => {
    if (end.exitCode !== 1) process.stderr.write(`${end.stdout}\n${end.stderr}\n`);
    expect(end.exitCode).toBe(1);
    const text = end.stdout.slice(end.stdout.indexOf('metallb 0.16.1 → metallb 0.16.1+own.'));
    expect(text.split('\n').filter((line) => !line.startsWith('    '))).toEqual([
      expect.stringMatching(/^metallb 0\.16\.1 → metallb 0\.16\.1\+own\.[0-9a-f]{12}$/),
      'worse (1)',
      '  c9-ipv4-first: pair pass → fail',
      'better (1)',
      '  c9-ipv6-first: pair expected-fail → unexpected-pass',
      '1 scenario came out the same',
    ]);
  });

  it('is recorded by what it was built of', async () => {
    const [before, after] = records;
    expect(before?.implementation).toEqual({ name: 'metallb', version: '0.16.1', mode: 'native' });
    const { build } = after?.implementation ?? {};
    expect(build).toMatchObject({ commit: await git('rev-parse', 'HEAD'), dirty: true });
    expect(build?.release.version).toBe('0.16.1');
    expect(after?.implementation.version).toBe(`0.16.1+own.${build?.tree.slice(0, 12)}`);
    expect(JSON.stringify(after?.implementation)).not.toContain(checkout);
    expect(after?.cluster.name).toBe(before?.cluster.name);
  });

  it('leaves no cluster', async () => {
    expect(await clusterNames()).not.toContain(name);
  });

  it('says what does not compile, in the compiler’s words', async () => {
    await writeFile(
      path.join(checkout, 'controller/broken.go'),
      'package main\n\nfunc broken() int { return "" }\n',
    );
    const broken = await dualvip(['up', '--implementation', `metallb@path:${checkout}`, '--name', name]);
    expect(broken.exitCode).toBe(2);
    expect(broken.stderr).toMatch(
      /error: the checkout \(v0\.16\.1\+own\.[0-9a-f]{12}\) does not compile:\n {2}controller\/broken\.go:3:28: cannot use ""/,
    );
    expect(broken.stderr).toContain('DUALVIP_CHECKOUT_BROKEN');
    expect(broken.stderr).not.toMatch(/\n {4}at /);
    expect(await clusterNames()).not.toContain(name);
  });
});

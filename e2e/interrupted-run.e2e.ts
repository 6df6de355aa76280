import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { expect, it } from 'vitest';

import { LABEL } from '../clusters/docker.ts';
import { RUN_LABEL } from '../harness/run/left-over.ts';
import { readRunRecord } from '../reports/record-file.ts';
import { startDualvip } from './command-line.ts';
import { openShared, sharedName } from './shared-cluster.ts';

it('cleans up when interrupted in the middle of a scenario, and writes the record so far', async () => {
  const reports = await mkdtemp(path.join(tmpdir(), 'dualvip-interrupted-'));
  try {
    const run = startDualvip(['run', '--name', sharedName(), '--reports', reports]);
    let interrupted = false;
    // Read to the end: a reader that leaves would break the pipe, and the run would end of that.
    for await (const line of run.iterable()) {
      // The next scenario begins at once; its pools and Service are being made.
      if (interrupted || !line.includes('c2-dual-pool')) continue;
      interrupted = run.kill('SIGINT');
    }
    const { exitCode, stderr } = await run;
    expect(exitCode).toBe(2);
    expect(stderr).toContain('error: interrupted by SIGINT');

    const record = await readRunRecord(path.join(reports, 'latest', 'run.json'));
    expect(record.exitCode).toBe(2);
    expect(record.interrupted).toMatch(/^interrupted by SIGINT, after \d+ of \d+ scenarios$/);
    expect(record.scenarios.map(({ id }) => id)).toContain('c2-dual-pool');

    await using shared = await openShared();
    const { client } = shared.cluster;
    const labelled = async (apiVersion: string, kind: string) =>
      (await client.list({ apiVersion, kind }, { labelSelector: RUN_LABEL })).items
        // A namespace is asked to go and not waited for.
        .filter(({ metadata }) => !metadata.deletionTimestamp)
        .map(refName);
    expect(await labelled('metallb.io/v1beta1', 'IPAddressPool')).toEqual([]);
    expect(await labelled('metallb.io/v1beta1', 'L2Advertisement')).toEqual([]);
    expect(await labelled('v1', 'Namespace')).not.toContain(`dualvip-${record.id}`);
    const probes = ['ps', '--all', '--quiet', '--filter', `label=${LABEL.run}=${record.id}`];
    expect(await shared.docker.lines(probes)).toEqual([]);
  } finally {
    await rm(reports, { recursive: true });
  }
});

function refName({ metadata }: { metadata: { name: string } }): string {
  return metadata.name;
}

import { mkdtempDisposable, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { LABEL, type Docker } from '../clusters/docker.ts';
import type { StartedProbe } from '../harness/probe/probe.ts';
import { askResponders, type Asked } from '../harness/probe/responders.ts';
import { startProbe } from '../harness/probe/start.ts';
import { openShared } from './shared-cluster.ts';

const NETWORK = 'dualvip-e2e-responders';
const VIPS = { IPv4: '10.231.7.200', IPv6: 'fd00:e2e::200' };
const signal = AbortSignal.timeout(900_000);
const cleanup = new AsyncDisposableStack();

let docker: Docker;
let image: string;
let probe: StartedProbe;

/** A container that has the VIP as an address of its own. */
async function responder(name: string, vip: string): Promise<void> {
  const labels = ['--label', `${LABEL.cluster}=${NETWORK}`];
  const id = await docker.run(
    ['run', '--detach', ...labels, '--cap-add', 'NET_ADMIN', '--network', NETWORK, '--name', name, image],
    { signal },
  );
  cleanup.defer(async () => void (await docker.run(['rm', '--force', '--volumes', id])));
  const address = vip.includes(':') ? [`${vip}/64`, 'dev', 'eth0', 'nodad'] : [`${vip}/24`, 'dev', 'eth0'];
  await docker.run(['exec', id, 'ip', 'address', 'add', ...address], { signal });
}

const ask = (address: string, asked: Asked = 'all', mac?: string) =>
  askResponders({ probe, address, asked, signal, ...(mac === undefined ? {} : { mac }) });

beforeAll(async () => {
  await using shared = await openShared();
  ({ docker } = shared);
  image = shared.cluster.state.images.probe;
  await docker.run(
    ['network', 'create', '--subnet', '10.231.7.0/24', '--ipv6', '--subnet', 'fd00:e2e::/64', NETWORK],
    { signal },
  );
  cleanup.defer(async () => void (await docker.run(['network', 'rm', NETWORK])));
  probe = cleanup.use(
    await startProbe({
      image,
      network: NETWORK,
      name: `${NETWORK}-probe`,
      labels: { [LABEL.cluster]: NETWORK },
      families: ['IPv4', 'IPv6'],
      prefixes: Object.values(VIPS).map((vip) => `${vip}/${vip.includes(':') ? 128 : 32}`),
      signal,
    }),
  );
});
afterAll(() => cleanup.disposeAsync());

describe.each(Object.entries(VIPS))('asking who has an address, %s', (family, vip) => {
  let first: string | undefined;

  it('finds that nobody has it', async () => {
    expect((await ask(vip)).macs).toEqual([]);
  });

  it('finds the one that has it, by asking all and by asking it alone', async () => {
    await responder(`${NETWORK}-${family}-a`.toLowerCase(), vip);
    const all = await ask(vip);
    [first] = all.macs;
    expect(all.macs).toEqual([expect.stringMatching(/^(?:[0-9a-f]{2}:){5}[0-9a-f]{2}$/)]);
    expect((await ask(vip, 'one', first)).macs).toEqual([first]);
  });

  it('finds a split brain when a second one has it too', async () => {
    await responder(`${NETWORK}-${family}-b`.toLowerCase(), vip);
    const { macs } = await ask(vip);
    expect(macs).toHaveLength(2);
    expect(macs).toContain(first);
  });

  it('has all of it in a capture file', async () => {
    const file = await probe.capture.file(0, signal);
    expect(file.subarray(0, 4).toString('hex')).toBe('d4c3b2a1');
    await using folder = await mkdtempDisposable(path.join(tmpdir(), 'dualvip-'));
    const name = path.join(folder.path, 'capture.pcap');
    await writeFile(name, file);
    await docker.run(['cp', name, `${probe.containerId}:/tmp/capture.pcap`], { signal });
    // Read by another program than wrote it.
    const told = await docker.run(['exec', probe.containerId, 'tcpdump', '-n', '-r', '/tmp/capture.pcap'], {
      signal,
    });
    expect(told).toContain(family === 'IPv4' ? `who-has ${vip}` : `who has ${vip}`);
  });
});

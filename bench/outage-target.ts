import { FAMILIES, type Family } from '../base/addresses.ts';
import { HarnessError } from '../base/errors.ts';
import type { Docker } from '../clusters/docker.ts';
import { CPU_SHARES } from '../harness/probe/container.ts';
import { NO_WAY_OFF } from '../harness/probe/ip-command.ts';
import { containerAddresses } from '../harness/probe/opened-container.ts';
import { rulesFor, type Cut } from './known-outage.ts';

export const TARGET_PORT = 8080;

/** What an outage is made of: a container that takes connections and sends datagrams back, and can be made deaf. */
export interface Target {
  readonly addresses: Record<Family, string>;
  /** Drops what arrives within the cuts. `offsetMs`: the wall clock less the monotonic one. */
  cut(cuts: ReadonlyMap<Family, readonly Cut[]>, offsetMs: number): Promise<void>;
}

/** Both families by one socket each; `echo TEXT` is answered with TEXT, as agnhost's netexec does. */
const SERVER = [
  "require('net').createServer((one) => one.on('error', () => {}).resume())",
  `  .listen(${TARGET_PORT}, '::');`,
  "const udp = require('dgram').createSocket('udp6');",
  "udp.on('message', (text, { address, port }) => udp.send(text.subarray(5), port, address));",
  `udp.bind(${TARGET_PORT}, '::');`,
].join('\n');

const LISTEN = ['set -e', NO_WAY_OFF, `exec node --eval "${SERVER}"`].join('\n');

/** It goes with the bridge's label. */
export async function startTarget(options: {
  docker: Docker;
  image: string;
  network: string;
  name: string;
  labels: Readonly<Record<string, string>>;
  signal: AbortSignal;
}): Promise<Target> {
  const { docker, image, network, name, labels, signal } = options;
  const id = await docker.run(
    [
      ...[
        'run',
        '--detach',
        '--pull',
        'never',
        ...['--cpu-shares', String(CPU_SHARES)],
        '--cap-add',
        'NET_ADMIN',
        '--name',
        name,
        '--network',
        network,
      ],
      ...Object.entries(labels).flatMap(([key, value]) => ['--label', `${key}=${value}`]),
      ...[image, 'sh', '-c', LISTEN],
    ],
    { signal },
  );
  const found = await containerAddresses({ docker, id, network, signal });
  const addresses = { IPv4: found.IPv4 ?? '', IPv6: found.IPv6 ?? '' };
  const missing = FAMILIES.find((family) => addresses[family] === '');
  if (missing !== undefined) {
    throw new HarnessError('DUALVIP_BENCH_INCOMPLETE', `the target got no ${missing} address on ${network}`, {
      hint: 'The engine has to give networks both families; `dualvip doctor` tells.',
    });
  }
  return {
    addresses,
    async cut(cuts, offsetMs) {
      const input = rulesFor(cuts, offsetMs);
      await docker.run(['exec', '--interactive', id, 'nft', '-f', '-'], { input, signal });
    },
  };
}

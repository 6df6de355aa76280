import { describe, expect, it } from 'vitest';

import { ClientSettings } from './client-settings.ts';

const { signal } = new AbortController();

/** A client whose kernel takes what is written, or is stubborn. */
function client(stubborn?: string) {
  const written: string[] = [];
  const session = {
    runId: 'r1',
    probe: { containerId: 'probe-1' },
    cluster: {
      state: { name: 'demo', images: { probe: 'probe-image' } },
      docker: {
        run(args: readonly string[]) {
          const command = args.join(' ');
          const value = /echo (\d)/.exec(command)?.[1] ?? '';
          written.push(`${args[args.indexOf('--network') + 1]} ${value}`);
          return Promise.resolve(`${value}\n${stubborn ?? value}`);
        },
      },
    },
  };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- all that it uses of a session
  const settings = new ClientSettings(session as unknown as ConstructorParameters<typeof ClientSettings>[0]);
  return { settings, written };
}

describe('ClientSettings', () => {
  it('writes into the network namespace of the client, and takes back what it has changed', async () => {
    const { settings, written } = client();
    await settings.heed(false, signal);
    await settings.restore(signal);
    await settings.restore(signal);
    expect(written).toEqual(['container:probe-1 1', 'container:probe-1 0']);
  });

  it('takes nothing back that was not changed', async () => {
    const { settings, written } = client();
    await settings.restore(signal);
    expect(written).toEqual([]);
  });

  it('says so where the kernel has not taken it for both families, and takes it back all the same', async () => {
    const { settings, written } = client('0');
    await expect(settings.heed(false, signal)).rejects.toThrow(
      "the client's kernel says 1 and 0 of net/ipv4/conf/eth0/drop_gratuitous_arp and net/ipv6/conf/eth0/drop_unsolicited_na, and not 1",
    );
    await settings.restore(signal);
    expect(written).toEqual(['container:probe-1 1', 'container:probe-1 0']);
  });
});

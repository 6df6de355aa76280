import { FAMILIES, type Family } from '../../base/addresses.ts';
import { HarnessError } from '../../base/errors.ts';
import { LABEL } from '../../clusters/docker.ts';
import { PROBE_DEVICE } from '../probe/probe.ts';
import type { Session } from './session.ts';

/** https://docs.kernel.org/networking/ip-sysctl.html: what drops them, before the neighbour table sees them. */
const DROPS: Readonly<Record<Family, string>> = {
  IPv4: `net/ipv4/conf/${PROBE_DEVICE}/drop_gratuitous_arp`,
  IPv6: `net/ipv6/conf/${PROBE_DEVICE}/drop_unsolicited_na`,
};

type Place = Pick<Session, 'runId' | 'cluster'> & { probe: Pick<Session['probe'], 'containerId'> };

/** How the client on the nodes' link learns who announces, for one scenario. */
export class ClientSettings {
  readonly #session: Place;
  #heeds = true;

  constructor(session: Place) {
    this.#session = session;
  }

  /**
   * Whether it heeds gratuitous ARP and unsolicited neighbour advertisements. Resolves when the kernel says so of
   * both families. @throws HarnessError `DUALVIP_CLIENT_SETTING`
   */
  async heed(heeds: boolean, signal: AbortSignal): Promise<void> {
    const value = heeds ? '0' : '1';
    // Before it is so: also what fails half-way is taken back.
    this.#heeds = heeds && this.#heeds;
    const said = await this.#set(value, signal);
    if (said.join() !== FAMILIES.map(() => value).join()) {
      throw new HarnessError(
        'DUALVIP_CLIENT_SETTING',
        `the client's kernel says ${said.join(' and ') || 'nothing'} of ${Object.values(DROPS).join(' and ')}, and not ${value}`,
        { hint: 'It takes a kernel with both settings in the engine: Linux 4.6 or later.' },
      );
    }
    this.#heeds = heeds;
  }

  /** As it was before the scenario. */
  async restore(signal: AbortSignal): Promise<void> {
    if (!this.#heeds) await this.heed(true, signal);
  }

  /**
   * By a privileged container in the client's network namespace: in its own container, /proc/sys can only be read.
   * Gives what the kernel then says.
   */
  async #set(value: string, signal: AbortSignal): Promise<string[]> {
    const { cluster, probe, runId } = this.#session;
    const { docker, state } = cluster;
    // By these, the next run and `down` find what a killed run has left.
    const labels = [`${LABEL.cluster}=${state.name}`, `${LABEL.run}=${runId}`];
    const files = FAMILIES.map((family) => `/proc/sys/${DROPS[family]}`);
    const script = ['set -e', ...files.map((file) => `echo ${value} > ${file}`), `cat ${files.join(' ')}`];
    const text = await docker.run(
      [
        ...['run', '--rm', '--pull', 'never', '--privileged', '--network', `container:${probe.containerId}`],
        ...labels.flatMap((label) => ['--label', label]),
        ...[state.images.probe, 'sh', '-c', script.join('\n')],
      ],
      { signal, hint: 'It takes a privileged container in the network namespace of the client.' },
    );
    return text.split('\n').filter(Boolean);
  }
}

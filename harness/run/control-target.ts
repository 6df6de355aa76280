import { FAMILIES, type Family } from '../../base/addresses.ts';
import type { WayOut } from '../bgp/way-out.ts';
import { LABEL } from '../../clusters/docker.ts';
import { containerAddresses } from '../probe/opened-container.ts';
import { IP_FLAG, NO_WAY_OFF } from '../probe/ip-command.ts';
import type { Session } from './session.ts';

/** A plain container on the nodes' bridge, of no node and no Service. Disposing it removes it. */
export interface ControlTarget extends AsyncDisposable {
  readonly addresses: Partial<Record<Family, string>>;
  readonly port: number;
}

const PORT = 8080;

/** What a container without a limit has by Docker's default is four times as much. */
const CPU_SHARES = 256;

/**
 * Answers every request with an empty page: a process has to get its turn for that, as a backend has. It has no way
 * off the link, and it listens on both families at once.
 */
const SERVER = [
  "const page = 'HTTP/1.1 200 OK\\r\\nContent-Length: 0\\r\\n\\r\\n';",
  "const answer = (one) => one.on('error', () => {}).on('data', () => one.write(page));",
  `require('net').createServer(answer).listen(${PORT}, '::');`,
].join(' ');

/** What it runs, as a script of its shell. */
export function listenScript(wayBack: WayOut['wayBack'] | undefined): string {
  return [
    'set -e',
    NO_WAY_OFF,
    ...FAMILIES.map((family) => `ip ${IP_FLAG[family]} route replace unreachable default metric 1`),
    ...(wayBack
      ? FAMILIES.map((family) => {
          const { subnets, router } = wayBack;
          return `ip ${IP_FLAG[family]} route replace ${subnets[family]} via ${router[family]}`;
        })
      : []),
    `exec node --eval "${SERVER}"`,
  ].join('\n');
}

/**
 * Starts what the control streams of a scenario connect to: when that fails, it is the bridge or the machine. Not
 * a node's own address, which a fault may take away. It gets as much of the processor as the shared backend asks
 * for: on a machine that is too busy for that one, it fails too, and nothing is said of the VIP.
 * @throws HarnessError `DUALVIP_COMMAND_FAILED`; nothing is left of it then
 */
export async function startControlTarget(options: {
  session: Session;
  /** The scenario's id. */
  scenario: string;
  /** Where there is a client behind a router: how that one is answered. */
  wayBack?: WayOut['wayBack'] | undefined;
  signal: AbortSignal;
}): Promise<ControlTarget> {
  const { session, scenario, wayBack, signal } = options;
  const { docker, state } = session.cluster;
  // By these, the next run and `down` find what a killed run has left.
  const labels = { [LABEL.cluster]: state.name, [LABEL.run]: session.runId };
  const { network, images } = state;
  await using stack = new AsyncDisposableStack();
  const id = await docker.run(
    [
      ...['run', '--detach', '--pull', 'never', '--cap-add', 'NET_ADMIN', '--cpu-shares', String(CPU_SHARES)],
      ...Object.entries(labels).flatMap(([key, value]) => ['--label', `${key}=${value}`]),
      ...['--name', `${state.name}-control-${session.runId}-${scenario}`, '--network', network.name],
      ...[images.probe, 'sh', '-c', listenScript(wayBack)],
    ],
    { signal, hint: `It takes the image ${images.probe} and the network ${network.name}.` },
  );
  stack.defer(async () => void (await docker.run(['rm', '--force', '--volumes', id])));
  const addresses = await containerAddresses({ docker, id, network: network.name, signal });
  const started = stack.move();
  return { addresses, port: PORT, [Symbol.asyncDispose]: () => started.disposeAsync() };
}

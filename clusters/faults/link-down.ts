import { z } from 'zod';

import { HarnessError } from '../../base/errors.ts';
import type { Fault, FaultPlace, PlacedFault } from './fault.ts';
import { openHostNetwork, type HostNetwork } from './host-network.ts';
import { inNode, isRunning, nodeOf } from './node-container.ts';
import { LINK } from './packet-filter.ts';
import { askedBefore, expectReach } from './reach.ts';
import { nodeRecovered } from './recovery.ts';

/**
 * Pulls a node's cable: the host's end of its veth pair is taken off the bridge. The node keeps addresses and
 * routes, which `ip link set eth0 down` in it would take away.
 */
export function linkDown(place: FaultPlace, fault: PlacedFault): Fault {
  const node = nodeOf(fault);
  return {
    outlivesNodes: true,
    async prepare(signal) {
      const question = await askedBefore(place, node, signal);
      // A container takes half a second to start: not between the fault's begin and its being made.
      const host = await openHostNetwork(place, signal);
      try {
        const cable = await cableOf(place, { node, host, signal });
        return {
          async make(stop) {
            await host.run(['ip', 'link', 'set', cable.name, 'nomaster'], stop);
          },
          async effect(stop) {
            await expectReach(place, { ...question, wanted: 'silent', when: 'unplugged', signal: stop });
            return `${cable.name} is off the bridge, and ${question.from} hears nothing of the node over both families`;
          },
          close: () => host[Symbol.asyncDispose](),
        };
      } catch (error) {
        await host[Symbol.asyncDispose]();
        throw error;
      }
    },
    async undo(signal) {
      // A node that has stopped since gets another cable when it starts.
      if (!(await isRunning(place.docker, node, signal))) return;
      await using host = await openHostNetwork(place, signal);
      const cable = await cableOf(place, { node, host, signal });
      if (cable.master !== undefined) return;
      const bridge = await bridgeOf(place, signal);
      await host.run(['ip', 'link', 'set', cable.name, 'master', bridge], signal);
    },
    recovered: (signal) => nodeRecovered(place, node, signal),
  };
}

interface Cable {
  /** The interface's name in the host's network namespace. */
  name: string;
  /** The bridge that it is plugged into. */
  master: string | undefined;
}

const linksSchema = z.array(
  z.object({ ifindex: z.number(), ifname: z.string(), master: z.string().optional() }),
);

/** The host's end of a node's link, by the index that the node's own end has of it. */
async function cableOf(
  place: FaultPlace,
  { node, host, signal }: { node: string; host: HostNetwork; signal: AbortSignal },
): Promise<Cable> {
  const [index, links] = await Promise.all([
    inNode(place, { node, script: `cat /sys/class/net/${LINK}/iflink`, signal }),
    host.run(['ip', '-json', 'link', 'show'], signal),
  ]);
  const found = findCable(links, Number(index));
  if (found) return found;
  throw new HarnessError('DUALVIP_FAULT_TARGET', `the host's end of ${node}'s ${LINK} was not found`, {
    hint: 'Is the node on a bridge of the engine that DOCKER_HOST names?',
  });
}

/** Looks for an index in the output of `ip -json link show`. */
export function findCable(json: string, index: number): Cable | undefined {
  const link = linksSchema.parse(JSON.parse(json)).find(({ ifindex }) => ifindex === index);
  return link && { name: link.ifname, master: link.master };
}

async function bridgeOf({ docker, state }: FaultPlace, signal: AbortSignal): Promise<string> {
  const inspect = ['network', 'inspect', '--format', '{{json .}}', state.network.name];
  return bridgeName(await docker.run(inspect, { signal }));
}

const bridgeSchema = z.object({
  Id: z.string(),
  Options: z.record(z.string(), z.string()).nullish(),
});

/** Docker names a bridge for its network's id, unless its creator named it. */
export function bridgeName(json: string): string {
  const { Id, Options } = bridgeSchema.parse(JSON.parse(json));
  return Options?.['com.docker.network.bridge.name'] || `br-${Id.slice(0, 12)}`;
}

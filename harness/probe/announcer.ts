import { normaliseMac } from './neighbour.ts';

export interface NodeLink {
  name: string;
  /** Of the node's interface on the probe's network. */
  mac: string;
}

/** The node that announces an address in layer 2: the one whose MAC address the probe's neighbour entry has. */
export function announcerOf(mac: string | undefined, nodes: readonly NodeLink[]): string | undefined {
  if (mac === undefined) return undefined;
  const wanted = normaliseMac(mac);
  return nodes.find((node) => normaliseMac(node.mac) === wanted)?.name;
}

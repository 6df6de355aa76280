import { z } from 'zod';

import { printable } from '../printable.ts';
import type { RunRecord } from '../record/record.ts';
import { linesOf, type EvidenceFile } from './evidence.ts';
import { markup, type Markup } from './markup.ts';
import { counted } from './quantity.ts';
import type { Case } from './reported-run.ts';

interface Neighbour {
  /** Whose table it is in. */
  of: string;
  address: string;
  mac: string;
  state: string;
}

const MOST = 60;

const tableSchema = z.array(
  z.object({ address: z.string(), mac: z.string().optional(), state: z.string().optional() }),
);

/** `172.20.0.3 dev eth0 lladdr 02:42:ac:14:00:03 STALE`, and without `lladdr` where nobody answered. */
const IP_NEIGH =
  /^(?<address>[0-9a-f:.]+) dev \S+ (?:lladdr (?<mac>\S+) )?(?:(?:router|extern_learn|proxy) )*(?<state>[A-Z]+)\s*$/;

/** The neighbour tables of client and nodes as they stood when evidence was taken; undefined where it was not. */
export function neighbourTable({ run, scenario }: Case): Markup | undefined {
  const all = scenario.evidence.flatMap((name) => neighboursIn(name, run.evidence.get(name)));
  if (all.length === 0) return undefined;
  const vips = new Set(scenario.observations.flatMap((one) => (one.kind === 'service' ? one.addresses : [])));
  const rows = all.toSorted((a, b) => Number(vips.has(b.address)) - Number(vips.has(a.address)));
  const left = rows.length - MOST;
  return markup`<details class="more"><summary>Neighbour tables: ${counted(all.length, 'entry', 'entries')}</summary>
<table><thead><tr><th scope="col">table of<th scope="col">address<th scope="col">MAC<th scope="col">state<tbody>${printable(
    rows.slice(0, MOST),
  ).map(
    ({ of, address, mac, state }) =>
      markup`<tr><td>${of}<td><code>${address}</code>${vips.has(address) && ' (VIP)'}<td><code>${mac}</code> ${nodeWith(mac, run.record)}<td>${state}`,
  )}</table>${left > 0 && markup`<p class="note">${counted(left, 'more entry', 'more entries')} in the files: they are cut here.</p>`}</details>`;
}

function neighboursIn(name: string, file: EvidenceFile | undefined): Neighbour[] {
  if (!file?.part) return [];
  const lines = linesOf(file.part, file.part.content.length < file.bytes);
  if (name.endsWith('/probe/neighbours.json')) return clientTable(lines.join('\n'));
  const [, node] = /\/nodes\/([^/]+)\.txt$/.exec(name) ?? [];
  if (node === undefined) return [];
  return lines.flatMap((line) => {
    const { address, mac = 'none', state } = IP_NEIGH.exec(line)?.groups ?? {};
    return address === undefined || state === undefined ? [] : [{ of: node, address, mac, state }];
  });
}

function clientTable(text: string): Neighbour[] {
  try {
    return tableSchema
      .parse(JSON.parse(text))
      .map(({ address, mac = 'none', state = '' }) => ({ of: 'client', address, mac, state }));
  } catch {
    // Cut, or `could not be taken: …`: it is linked.
    return [];
  }
}

function nodeWith(mac: string, { cluster }: RunRecord): string {
  return cluster.nodes.find((node) => node.mac === mac)?.name ?? '';
}

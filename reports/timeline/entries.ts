import type {
  FaultObservation,
  Observation,
  ProbeObservation,
  ServiceObservation,
  StreamObservation,
} from '../record/record.ts';
import { failoversOf } from '../record/outages.ts';
import { outagesText } from './failovers.ts';
import type { Entry } from './entry.ts';
import { linkEntries } from './link-entries.ts';

/**
 * What was seen, in the order of one clock: steps, states of Services, events, probes, ARP and NDP. What repeats
 * (a watch that tells nothing new, a probe that meets the same again, an announcement) is one entry.
 */
export function timelineEntries(observations: readonly Observation[]): Entry[] {
  return [
    ...observations.flatMap((one) => entryOf(one)),
    ...serviceEntries(observations),
    ...probeEntries(observations),
    ...outageEntries(observations),
    ...linkEntries(observations),
  ].toSorted((a, b) => a.at - b.at);
}

/** Of what is told one by one; Services and probes are told by what changes. */
function entryOf(one: Observation): Entry[] {
  switch (one.kind) {
    case 'step': {
      const took = `took ${Math.round(one.endedAt - one.at)} ms`;
      return [{ at: one.at, label: 'step', text: `${one.id}: ${one.step}, ${took}`, alarming: false }];
    }
    case 'event': {
      const source = one.source ? ` (${one.source})` : '';
      const text = `${one.service}: ${one.type} ${one.reason}: ${one.message}${source}`;
      return [{ at: one.at, label: 'event', text, alarming: one.type === 'Warning' }];
    }
    case 'control': {
      const text = `${one.step}: ${one.family} to a node's own address ${one.address}: ${one.outcome}`;
      return [{ at: one.at, label: 'control', text, alarming: one.outcome !== 'ok' }];
    }
    case 'backends': {
      const text = `${one.step}: behind ${one.service}: ${one.pods.join(', ') || 'no pod'}`;
      return [{ at: one.at, label: 'backends', text, alarming: false }];
    }
    case 'pools': {
      const pools = Object.entries(one.pools).map(([name, ranges]) => `${name} ${ranges.join(', ')}`);
      return [{ at: one.at, label: 'pools', text: pools.join('; ') || 'none', alarming: false }];
    }
    case 'answer': {
      const text = `${one.step}: ${one.accepted ? 'the API took it' : one.message}`;
      return [{ at: one.at, label: 'answer', text, alarming: one.accepted }];
    }
    case 'unclaimed': {
      const text = `${one.step}: not done, ${one.feature} is not claimed`;
      return [{ at: one.at, label: 'unclaimed', text, alarming: false }];
    }
    case 'nudge': {
      const text = `${one.nudge}, took ${Math.round(one.endedAt - one.at)} ms`;
      return [{ at: one.at, label: 'nudge', text, alarming: false }];
    }
    case 'counters': {
      const { pool, source, assigned, moment } = one;
      const text = `${moment}: ${pool} has ${assigned.IPv4} IPv4 and ${assigned.IPv6} IPv6 in use (${source})`;
      return [{ at: one.at, label: 'counters', text, alarming: false }];
    }
    case 'traffic': {
      const text = `${one.step}: ${one.lost} of ${one.sent} connections to ${one.address} lost`;
      return [{ at: one.at, label: 'traffic', text, alarming: one.lost > 0 }];
    }
    case 'stream':
      return streamEntries(one);
    case 'fault':
      return [faultEntry(one)];
    case 'diagnosis':
      return one.findings.map(({ cause, text }) => ({
        at: one.at,
        label: 'diagnosis',
        text: `${one.service}: ${cause}: ${text}`,
        alarming: false,
      }));
    case 'routes': {
      const routes = one.routes.map(
        ({ prefix, nextHops }) =>
          `${prefix} via ${nextHops.map(({ address, node }) => node ?? address).join(', ') || 'nobody'}`,
      );
      return [{ at: one.at, label: 'routes', text: routes.join('; ') || 'none', alarming: false }];
    }
    case 'sessions': {
      const states = Map.groupBy(one.sessions, ({ family, state }) => `${family} ${state}`);
      const all = [...states].map(
        ([state, sessions]) => `${state}: ${sessions.map(({ node, peer }) => node ?? peer).join(', ')}`,
      );
      const alarming = one.sessions.some(({ state }) => state !== 'Established');
      return [{ at: one.at, label: 'sessions', text: all.join('; ') || 'none', alarming }];
    }
    case 'spread': {
      const answered = Object.entries(one.nodes).map(([node, count]) => `${count} on ${node}`);
      const text = `${one.step}: of ${one.sent} connections to ${one.address} ${answered.join(', ') || 'none'} answered, ${one.lost} lost`;
      return [{ at: one.at, label: 'spread', text, alarming: one.lost > 0 }];
    }
    case 'responders':
    case 'announcers':
    case 'neighbour-message':
    // Told by linkEntries.
    case 'applied':
    case 'endpoints':
    case 'prerequisites':
    case 'window':
    case 'service':
    case 'probe':
      break;
  }
  return [];
}

/** So that an address that comes and goes does not fill the page. */
const GAPS_SHOWN = 10;

const ATTEMPTS: Readonly<Record<StreamObservation['stream'], string>> = {
  new: 'new connections to',
  held: 'the connection held to',
  udp: 'datagrams to',
  control: 'the control',
};

/** When attempts failed, and when a held connection ended; of a stream that met neither, what was tried. */
function streamEntries(one: StreamObservation): Entry[] {
  const target = `${one.step}: ${ATTEMPTS[one.stream]} ${one.address}`;
  const left = one.gaps.length - GAPS_SHOWN + (one.moreGaps ?? 0);
  const gaps = one.gaps.slice(0, GAPS_SHOWN).map(({ from, to, count, outcome }) => {
    const times = count === 1 ? '' : `, ${count} in a row`;
    const length = to === undefined ? 'to the end' : `for ${Math.round(to - from)} ms`;
    return streamEntry(from, `${target}: no answer ${length} (${outcome}${times})`);
  });
  const breaks = (one.breaks ?? []).map(({ at, outcome }) =>
    streamEntry(at, `${target}: ended (${outcome})`),
  );
  const summary = `${target}: ${one.ok} of ${one.sent} answered, one every ${one.intervalMs} ms`;
  return [
    { ...streamEntry(one.at, summary), alarming: false },
    ...gaps,
    ...breaks.slice(0, GAPS_SHOWN),
    ...(left > 0 ? [streamEntry(one.endedAt, `${target}: and ${left} more times`)] : []),
  ];
}

/** What a step has cost, where it began. */
function outageEntries(observations: readonly Observation[]): Entry[] {
  return failoversOf(observations).map((failover) => ({
    at: failover.window.at,
    label: 'outage',
    text: `${failover.window.step}: after ${failover.window.after}: ${outagesText(failover)}`,
    alarming: failover.outages.some(({ downMs }) => downMs > 0),
  }));
}

function streamEntry(at: number, text: string): Entry {
  return { at, label: 'stream', text, alarming: true };
}

function faultEntry(one: FaultObservation): Entry {
  const { step, fault, node, signal, families, action, effect } = one;
  const details = [signal && `SIG${signal}`, families?.join(' and ')].filter(Boolean).join(', ');
  const what = `${fault}${details ? ` (${details})` : ''}${node === undefined ? '' : ` of ${node}`}`;
  const seen = `${effect}, seen after ${Math.round(one.endedAt - one.at)} ms`;
  return action === 'inject'
    ? { at: one.at, label: 'fault', text: `${step}: ${what}: ${seen}`, alarming: true }
    : { at: one.at, label: 'heal', text: `${step}: ${what} healed: ${seen}`, alarming: false };
}

function serviceEntries(observations: readonly Observation[]): Entry[] {
  const entries: Entry[] = [];
  const before = new Map<string, { state: string; spec: string }>();
  for (const one of observations) {
    if (one.kind !== 'service') continue;
    const last = before.get(one.service);
    const now = { state: stateOf(one), spec: specOf(one) };
    before.set(one.service, now);
    if (last?.state === now.state && last.spec === now.spec) continue;
    const spec = last?.spec === now.spec ? '' : ` (${now.spec})`;
    entries.push({
      at: one.at,
      label: 'status',
      text: `${one.service}: ${now.state}${spec}`,
      alarming: false,
    });
  }
  return entries;
}

function stateOf({ deleted, addresses }: ServiceObservation): string {
  return deleted ? 'deleted' : addresses.join(', ') || 'no address';
}

function specOf({ ipFamilyPolicy, ipFamilies, clusterIPs }: ServiceObservation): string {
  const families = [ipFamilyPolicy, ipFamilies.join(', ')].filter(Boolean).join(' ');
  return `${families}; ClusterIPs ${clusterIPs.join(', ') || 'none'}`;
}

function probeEntries(observations: readonly Observation[]): Entry[] {
  const groups: { first: ProbeObservation; last: ProbeObservation; attempts: number }[] = [];
  for (const one of observations) {
    if (one.kind !== 'probe') continue;
    const group = groups.findLast(({ last }) => targetOf(last) === targetOf(one));
    if (group && describeProbe(group.last) === describeProbe(one)) {
      group.last = one;
      group.attempts += 1;
    } else {
      groups.push({ first: one, last: one, attempts: 1 });
    }
  }
  return groups.map(({ first, last, attempts }) => {
    const times = attempts === 1 ? '' : `, ${attempts} times in ${Math.round(last.at - first.at)} ms`;
    const duration = last.outcome === 'no-address' ? '' : `, after ${last.totalMs.toFixed(1)} ms`;
    const alarming = last.outcome !== 'ok' && last.outcome !== 'no-address';
    return { at: first.at, label: 'probe', text: `${describeProbe(last)}${duration}${times}`, alarming };
  });
}

function targetOf({ step, family, address }: ProbeObservation): string {
  return [step, family, address].join(' ');
}

function describeProbe(one: ProbeObservation): string {
  const target = `${one.step}: ${one.family} ${one.protocol}/${one.port}`;
  if (one.outcome === 'no-address') return `${target}: ${one.detail}`;
  const announcer = one.announcer ?? (one.mac === undefined ? undefined : `MAC ${one.mac}, no node's`);
  return [
    `${target} to ${one.address}: ${one.outcome} (${one.detail})`,
    ...(one.backend === undefined ? [] : [`from ${one.backend}`]),
    ...(announcer === undefined ? [] : [`announced by ${announcer}`]),
    ...(one.source === undefined ? [] : [`seen as coming from ${one.source}`]),
  ].join(', ');
}

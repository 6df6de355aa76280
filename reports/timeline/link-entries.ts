import type {
  AnnouncersObservation,
  NeighbourMessageObservation,
  Observation,
  RespondersObservation,
} from '../record/record.ts';
import type { Entry } from './entry.ts';

/** What was said on the link about who has an address, who answered the client, and who is said to announce. */
export function linkEntries(observations: readonly Observation[]): Entry[] {
  return [
    ...observations.flatMap((one) => {
      if (one.kind === 'responders') return [respondersEntry(one)];
      return one.kind === 'announcers' ? [announcersEntry(one)] : [];
    }),
    ...messageEntries(observations),
  ];
}

function respondersEntry(one: RespondersObservation): Entry {
  const whom = one.asked === 'all' ? 'all were asked' : 'the announcer alone was asked';
  const answers = one.answers.map(({ mac, node }) => node ?? `MAC ${mac}, no node's`);
  const after = one.firstMs === undefined ? '' : `, after ${one.firstMs.toFixed(1)} ms`;
  const who = answers.join(' and ') || `nobody within ${Math.round(one.waitedMs)} ms`;
  const text = `${one.step}: ${whom} who has ${one.address}: ${who}${after}`;
  return { at: one.at, label: 'responders', text, alarming: answers.length !== 1 };
}

function announcersEntry(one: AnnouncersObservation): Entry {
  const sources = one.sources.map(({ source, nodes }) => `${source} ${nodes.join(' and ') || 'nobody'}`);
  const text = `${one.step}: who announces ${one.address} of ${one.service}: ${sources.join(', ')}`;
  const said = new Set(one.sources.map(({ nodes }) => nodes.join(' ')));
  return { at: one.at, label: 'announcers', text, alarming: said.size > 1 };
}

/** A message that comes again within this is told with the one before. */
const REPEATED_MS = 3_000;

function messageEntries(observations: readonly Observation[]): Entry[] {
  const groups: { first: NeighbourMessageObservation; last: NeighbourMessageObservation; count: number }[] =
    [];
  const messages = observations.filter((one) => one.kind === 'neighbour-message');
  for (const one of messages.toSorted((a, b) => a.at - b.at)) {
    const group = groups.findLast(({ last }) => last.sentence === one.sentence);
    if (group && one.at - group.last.at <= REPEATED_MS) {
      group.last = one;
      group.count += 1;
    } else {
      groups.push({ first: one, last: one, count: 1 });
    }
  }
  return groups.map(({ first, last, count }) => {
    const times = count === 1 ? '' : `, ${count} times in ${Math.round(last.at - first.at)} ms`;
    return { at: first.at, label: 'link', text: `${first.sentence}${times}`, alarming: false };
  });
}

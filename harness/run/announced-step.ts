import pMap from 'p-map';

import { canonical, FAMILIES, familyOf, type Family } from '../../base/addresses.ts';
import { sleep } from '../../base/converge.ts';
import { timeoutMs } from '../../base/timeouts.ts';
import type { Observation } from '../../reports/record/record.ts';
import { checkAnnounced } from '../judge/announced.ts';
import { serviceStateAt } from '../judge/state.ts';
import { announcerOf } from '../probe/announcer.ts';
import { askResponders, type Asked } from '../probe/responders.ts';
import { announcedFamilies, ofFamily, servicesOf, type Announced } from '../scenario/announced.ts';
import { readAnnounced, saysOf, type AnnouncedSeries } from './announcers.ts';
import { control } from './probe-step.ts';
import type { Session } from './session.ts';
import type { Stopwatch } from './stopwatch.ts';

export interface AnnouncedStepOptions {
  step: string;
  announced: Announced;
  /** Of the known deviation, where there is one. */
  known?: Announced | undefined;
  session: Session;
  /** When the scenario began, in milliseconds since the run's start. */
  since: number;
  stopwatch: Stopwatch;
  signal: AbortSignal;
}

/** Questions at once; each takes half a second of waiting and no more of the processor than two short processes. */
const CONCURRENCY = 4;

/** Between two rounds that are not as expected. */
const RETRY_MS = 100;

/** Asks for every address of the Services, until what answers is as expected or as known, or the time is up. */
export async function runAnnouncedStep(options: AnnouncedStepOptions): Promise<void> {
  const { announced, session, stopwatch, signal } = options;
  const deadline = session.log.now() + timeoutMs('reachability');
  await stopwatch.spend('implementation', async () => {
    while (!(await round(options)) && session.log.now() < deadline) await sleep(RETRY_MS, signal);
  });
  const silent = announcedFamilies(announced, FAMILIES).filter((family) => wasSilent(options, family));
  // Silence is only believed where a node's own address is not silent, too.
  for (const family of silent) await control({ ...options, client: options.session.probe }, family);
}

interface Target {
  service: string;
  family: Family;
  address: string;
}

/** One question for each address, and what is said of it. True: it is as expected, or as known. */
async function round(options: AnnouncedStepOptions): Promise<boolean> {
  const { announced, known, session, signal } = options;
  const begun = session.log.now();
  const targets = servicesOf(announced).flatMap((name) => targetsOf(name, options));
  // An address that Services share is asked for once.
  const byAddress = [...Map.groupBy(targets, ({ address }) => address).values()];
  await pMap(byAddress, (holders) => askAll(holders, options), { concurrency: CONCURRENCY, signal });
  const series = await readAnnounced(session, signal);
  for (const target of targets) await noteSources(target, series, options);
  return [announced, known].some((wanted) => wanted !== undefined && holds(wanted, begun, options));
}

function targetsOf(service: string, { announced, session }: AnnouncedStepOptions): Target[] {
  const state = serviceStateAt(session.log.all(), service, Infinity).service;
  const families = announcedFamilies(announced, state?.ipFamilies ?? []);
  return (state?.addresses ?? [])
    .map((address) => ({ service, family: familyOf(address), address: canonical(address) }))
    .filter(({ family }) => families.includes(family));
}

async function askAll(holders: readonly Target[], options: AnnouncedStepOptions): Promise<void> {
  const [mac] = await ask(holders, 'all', options);
  const [first] = holders;
  const wanted = first && ofFamily(options.announced.directly, first.family);
  if (wanted !== undefined && mac !== undefined) await ask(holders, 'one', options, mac);
}

/** `holders`: of one address. Gives the MAC addresses that answered. */
async function ask(
  holders: readonly Target[],
  asked: Asked,
  { step, session, signal }: AnnouncedStepOptions,
  mac?: string,
): Promise<string[]> {
  const { probe, cluster, log } = session;
  const address = holders[0]?.address ?? '';
  const { macs, askedAt, firstMs, waitedMs } = await askResponders({
    probe,
    address,
    asked,
    signal,
    ...(mac === undefined ? {} : { mac }),
  });
  const answers = macs.map((one) => {
    const node = announcerOf(one, cluster.nodes);
    return { mac: one, ...(node === undefined ? {} : { node }) };
  });
  for (const holder of holders) {
    log.add({
      kind: 'responders',
      at: log.since(askedAt),
      step,
      ...holder,
      asked,
      answers,
      ...(firstMs === undefined ? {} : { firstMs }),
      waitedMs,
    });
  }
  return macs;
}

async function noteSources(
  { service, family, address }: Target,
  series: readonly AnnouncedSeries[] | undefined,
  { step, session, signal }: AnnouncedStepOptions,
): Promise<void> {
  const sources = await saysOf({ service, address, series, session, signal });
  session.log.add({ kind: 'announcers', step, service, family, address, sources });
}

/** Whether what was seen from `begun` on is as `wanted`; earlier steps are looked at where it compares. */
function holds(wanted: Announced, begun: number, options: AnnouncedStepOptions): boolean {
  const { step, session, since } = options;
  const all = session.log.from(since);
  const isOld = (one: Observation) =>
    (one.kind === 'responders' || one.kind === 'announcers') && one.step === step && one.at < begun;
  const checks = checkAnnounced(wanted, {
    step,
    observations: all.filter((one) => !isOld(one)),
    familiesOf: (name) => serviceStateAt(all, name, Infinity).service?.ipFamilies ?? FAMILIES,
  });
  return checks.every(({ ok }) => ok);
}

function wasSilent({ step, session, since }: AnnouncedStepOptions, family: Family): boolean {
  const asked = session.log
    .from(since)
    .filter((one) => one.kind === 'responders' && one.step === step && one.family === family);
  const last = asked.findLast((one) => one.kind === 'responders' && one.asked === 'all');
  return last?.kind === 'responders' && last.answers.length === 0;
}

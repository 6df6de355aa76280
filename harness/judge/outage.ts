import { FAMILIES, type Family } from '../../base/addresses.ts';
import { describeOutage } from '../../reports/record/outage-text.ts';
import type { Outage } from '../../reports/record/outage.ts';
import { failoverOf } from '../../reports/record/outages.ts';
import type { Check, Observation, WindowObservation } from '../../reports/record/record.ts';
import { longestOf, type OutageStep } from '../scenario/outage.ts';
import { serviceStateAt } from './state.ts';

/**
 * What a step has cost each address of the Service, and how far apart the families were. Where the control failed
 * in the same time, nothing is said of the address.
 */
export function checkOutage(step: string, outage: OutageStep, observations: readonly Observation[]): Check[] {
  const window = observations.findLast(
    (one): one is WindowObservation => one.kind === 'window' && one.step === step,
  );
  const failover = window && failoverOf(window, observations);
  if (!window || !failover) {
    const observed = 'there were no streams: the Service had no address';
    return [{ step, subject: 'pair', ok: false, expected: 'both families are watched', observed }];
  }
  const { service, outages } = failover;
  const families = serviceStateAt(observations, service, window.at).service?.ipFamilies ?? FAMILIES;
  return [
    ...families.flatMap((family) => {
      const own = outages.filter((one) => one.family === family);
      if (own.length === 0) return [unwatched(step, family)];
      return own.flatMap((one) => checksOf(step, one, outage));
    }),
    ...(outage.skew === undefined ? [] : [checkSkew(step, outage.skew, outages)]),
  ];
}

function unwatched(step: string, family: Family): Check {
  const observed = 'it had none when the streams began';
  return { step, subject: family, ok: false, expected: `an ${family} address is watched`, observed };
}

function checksOf(step: string, one: Outage, { longest, seen, away, held, within }: OutageStep): Check[] {
  const { family, address, downMs, recovered, answeredAfter = 0 } = one;
  const check = (expected: string, ok: boolean): Check => {
    const doubtful = one.inconclusive !== undefined;
    const rest = doubtful ? { inconclusive: true } : {};
    return { step, subject: family, ok: ok && !doubtful, expected, observed: describeOutage(one), ...rest };
  };
  if (away.includes(family)) {
    return [check(`${address} is lost and stays so`, downMs > 0 && !recovered)];
  }
  const most = longestOf(longest, family);
  const allowed = most === 0 ? 'no new connection fails' : `new connections fail for at most ${most} ms`;
  const { fate } = one.held ?? {};
  const ends = fate === 'ended' || fate === 'silent' || fate === 'incomplete';
  return [
    ...(most === undefined ? [] : [check(`${address}: ${allowed}`, recovered && downMs <= most)]),
    ...(seen.includes(family) ? [check(`${address} is lost, and comes back`, downMs > 0 && recovered)] : []),
    ...(within === undefined
      ? []
      : [check(`${address}: it is over within ${within} ms`, recovered && answeredAfter <= within)]),
    ...(held === undefined
      ? []
      : [
          check(
            `${address}: the held connection ${held}`,
            one.held !== undefined && ends === (held === 'ends'),
          ),
        ]),
  ];
}

/** Between the first of them to be answered again and the last. */
function checkSkew(step: string, skew: number, outages: readonly Outage[]): Check {
  const answered = outages.flatMap(({ answeredAfter }) => answeredAfter ?? []);
  const apart = Math.max(...answered) - Math.min(...answered);
  const doubtful = outages.some(({ inconclusive }) => inconclusive !== undefined);
  const complete = answered.length === outages.length && answered.length > 1;
  return {
    step,
    subject: 'pair',
    ok: complete && apart <= skew && !doubtful,
    expected: `both families are answered again within ${skew} ms of one another`,
    observed: complete ? `${Math.round(apart)} ms apart` : 'not both were lost and answered again',
    ...(doubtful ? { inconclusive: true } : {}),
  };
}

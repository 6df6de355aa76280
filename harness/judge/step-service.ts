import type { Step } from '../scenario/schema.ts';

/** The Service, or the Services, that a step looks at; none where it looks at something else, or at many. */
export function servicesOf(step: Step, steps: readonly Step[]): readonly string[] {
  switch (step.kind) {
    case 'expect':
      return [step.expect.service];
    case 'probe':
      return [step.probe.service];
    case 'traffic':
      return [step.traffic.service];
    case 'spread':
      return [step.spread.service];
    case 'diagnose':
      return [step.diagnose.service];
    case 'announced':
      return [step.announced.service].flat();
    case 'outage': {
      const streams = steps.find(({ id }) => id === step.outage.of);
      return streams?.kind === 'streams' ? [streams.streams.service] : [];
    }
    default:
      return [];
  }
}

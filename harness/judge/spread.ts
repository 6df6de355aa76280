import type {
  Check,
  EndpointsObservation,
  Observation,
  SpreadObservation,
} from '../../reports/record/record.ts';

/** One check an address: on every node with a backend some connections were answered, and none was lost. */
export function checkSpread(step: string, observations: readonly Observation[]): Check[] {
  const seen = observations.filter(
    (one): one is SpreadObservation => one.kind === 'spread' && one.step === step,
  );
  const endpoints = observations.findLast(
    (one): one is EndpointsObservation => one.kind === 'endpoints' && one.step === step,
  );
  const backends = endpoints?.backends ?? [];
  const expected = `connections are answered on each of ${backends.join(', ') || 'no node'}, and none is lost`;
  if (seen.length === 0) {
    return [{ step, subject: 'pair', ok: false, expected, observed: 'there was no connection' }];
  }
  return seen.map(({ family, address, sent, lost, nodes }) => {
    const answered = Object.entries(nodes);
    const everywhere = backends.every((node) => (nodes[node] ?? 0) > 0);
    return {
      step,
      subject: family,
      // One node is no spread.
      ok: backends.length > 1 && everywhere && lost === 0,
      expected,
      observed:
        `${sent} to ${address}: ` +
        (answered.map(([node, count]) => `${count} on ${node}`).join(', ') || 'no answer') +
        `, ${lost} lost`,
    };
  });
}

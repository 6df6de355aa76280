/** Of the whole command line; `program` is how it is started. */
export function examples(program: string): string {
  const lines = [
    [program, 'a cluster, the core scenarios, a table of verdicts'],
    [`${program} run --all`, 'the whole catalogue'],
    [`${program} run -t C2`, "only what is about the guide's claim C2"],
    [`${program} up && ${program} run`, 'keep the cluster between runs'],
    [`${program} probe web-frontend --watch`, 'follow both VIPs of a Service'],
    [`${program} down`, 'remove the cluster'],
  ];
  const width = Math.max(...lines.map(([command = '']) => command.length));
  return [
    '\nExamples:',
    ...lines.map(([command = '', does]) => `  ${command.padEnd(width)}  ${does}`),
    '\nExit codes: 0 all as known, 1 a verdict differs, 2 the harness failed, 64 usage.',
  ].join('\n');
}

export const DIAGNOSE_EXAMPLES = `
Examples:
  dualvip diagnose web-frontend -n shop --kubeconfig ~/.kube/config
  dualvip diagnose web-frontend --name dualvip --json
  dualvip diagnose web-frontend --family IPv4 IPv6    why has it no second address?

It reads, and changes nothing. Exit codes: 0 nothing is wrong, 1 a cause was found. Causes: docs/diagnosis.md.`;

export const RUN_EXAMPLES = `
Examples:
  dualvip run -t c2-separate-pools --keep
  dualvip run --implementation metallb@0.15.2 --topology dual-v6-primary
  dualvip run --implementation metallb@path:../metallb --against 0.16.1    what does my change change?
  dualvip run --all --shard 1/2 --retry 1 --bail 1
  dualvip run --all --shard 2/4 --times last-night/*/run.json
  dualvip run -t c2-dual-pool --repeat 20        how often is it as known, with a 95 % interval?
  dualvip run -t c2-dual-pool --until-fail 50    until it is red once
  dualvip run --kubeconfig ~/.kube/config --ipv4-range 192.168.1.240-192.168.1.250 --ipv6-range fd00:1::f000/120`;

export const MODEL_EXAMPLES = `
Examples:
  dualvip model --list                  every case and what is expected
  dualvip model -t separate             runs those with separate pools, and shows expected against measured
  dualvip model --topology ipv6 --excluded`;

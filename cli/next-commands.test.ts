import { describe, expect, it } from 'vitest';

import { probeObserved, scenarioWith } from '../reports/fixtures.ts';
import { nextCommands, type HeldCase } from './next-commands.ts';

const component = (name: string) => ({
  namespace: 'metallb-system',
  labelSelector: `component=${name}`,
  container: name,
});

const CASE: HeldCase = {
  name: 'demo',
  kubeconfig: '/state/demo/kubeconfig',
  hasKubectl: true,
  scenario: scenarioWith('fail', { held: { namespace: 'dualvip-x', probe: 'demo-probe-x' } }),
  implementation: {
    controller: component('controller'),
    speakers: { ...component('speaker'), whenServing: () => Promise.resolve() },
  },
};

const typed = (held: Partial<HeldCase>) => nextCommands({ ...CASE, ...held }).map(({ command }) => command);

describe('nextCommands', () => {
  it('has kubectl, a shell, a capture, logs, and what removes it', () => {
    expect(typed({})).toEqual([
      'export KUBECONFIG=/state/demo/kubeconfig',
      'kubectl -n dualvip-x get services,pods,events -o wide',
      'docker exec -it demo-probe-x sh',
      "docker exec demo-probe-x tcpdump -l -n -i eth0 'arp or icmp6 or host 172.18.255.1'",
      'kubectl -n metallb-system logs -c speaker --prefix --tail 100 -l component=speaker -f',
      'kubectl -n metallb-system logs -c controller --prefix --tail 100 -l component=controller -f',
      'dualvip probe web-frontend -n dualvip-x --name demo --watch',
      'dualvip diagnose web-frontend -n dualvip-x --name demo',
      'dualvip down demo',
    ]);
  });

  it('goes through a node where the machine has no kubectl', () => {
    const [first] = typed({ hasKubectl: false });
    expect(first).toBe(
      'docker exec demo-control-plane kubectl --kubeconfig /etc/kubernetes/admin.conf -n dualvip-x get services,pods,events -o wide',
    );
  });

  it('names the announcer where one was seen', () => {
    const scenario = scenarioWith('pass', { held: { namespace: 'dualvip-x', probe: 'p' } });
    expect(typed({ scenario })).toContain(
      'kubectl -n metallb-system logs -c speaker --prefix --tail 100 -f $(kubectl -n metallb-system get pods ' +
        '-l component=speaker --field-selector spec.nodeName=dual-worker -o name)',
    );
  });

  it('names the announcer of each family, where they are two', () => {
    const scenario = scenarioWith('pass', {
      held: { namespace: 'dualvip-x', probe: 'p' },
      observations: [
        probeObserved({ at: 1, family: 'IPv4', announcer: 'dual-worker' }),
        probeObserved({ at: 2, family: 'IPv6', announcer: 'dual-worker2' }),
      ],
    });
    const does = nextCommands({ ...CASE, scenario }).map((one) => one.does);
    expect(does).toContain('the log of the announcer of IPv4, dual-worker');
    expect(does).toContain('the log of the announcer of IPv6, dual-worker2');
  });

  it('has no announcer where nothing announces', () => {
    const { controller } = CASE.implementation;
    expect(typed({ implementation: { controller } }).filter((one) => one.includes('speaker'))).toEqual([]);
  });
});

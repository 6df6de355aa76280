import { FAMILIES, type Family } from '../base/addresses.ts';
import type { Component, Implementation } from '../clusters/implementations/implementation.ts';
import type { ScenarioRecord } from '../reports/record/record.ts';

export interface HeldCase {
  /** Of the cluster. */
  name: string;
  kubeconfig: string;
  /** Whether kubectl is on this machine; the nodes have one in any case. */
  hasKubectl: boolean;
  scenario: ScenarioRecord;
  implementation: Pick<Implementation, 'controller' | 'speakers'>;
}

interface Line {
  command: string;
  does: string;
}

/** What somebody types who looks at a case that stands as it was: each line as it can be copied. */
export function nextCommands(held: HeldCase): Line[] {
  const { name, scenario, implementation } = held;
  const { namespace, probe } = scenario.held ?? { namespace: '', probe: '' };
  const kubectl = kubectlOf(held);
  const service = serviceOf(scenario);
  const { controller, speakers } = implementation;
  const filter = ['arp', 'icmp6', ...addressesOf(scenario).map((one) => `host ${one}`)].join(' or ');
  const logs = (component: Component) =>
    `${kubectl} -n ${component.namespace} logs -c ${component.container} --prefix --tail 100`;
  const speakerLines = (speaker: Component): Line[] => {
    const announcers = announcersOf(scenario);
    if (announcers.length === 0) {
      const command = `${logs(speaker)} -l ${speaker.labelSelector} -f`;
      return [{ command, does: 'the log of all who may announce' }];
    }
    return announcers.map(({ node, families }) => ({
      command:
        `${logs(speaker)} -f $(${kubectl} -n ${speaker.namespace} get pods ` +
        `-l ${speaker.labelSelector} --field-selector spec.nodeName=${node} -o name)`,
      does: `the log of the announcer of ${families.join(' and ')}, ${node}`,
    }));
  };
  return [
    ...(held.hasKubectl
      ? [{ command: `export KUBECONFIG=${held.kubeconfig}`, does: 'kubectl speaks to this cluster' }]
      : []),
    { command: `${kubectl} -n ${namespace} get services,pods,events -o wide`, does: 'its objects' },
    { command: `docker exec -it ${probe} sh`, does: 'a shell in the client, outside of the cluster' },
    { command: `docker exec ${probe} tcpdump -l -n -i eth0 '${filter}'`, does: 'what passes there, live' },
    ...(speakers === undefined ? [] : speakerLines(speakers)),
    { command: `${logs(controller)} -l ${controller.labelSelector} -f`, does: 'the log of the allocator' },
    ...(service === undefined
      ? []
      : [
          {
            command: `dualvip probe ${service} -n ${namespace} --name ${name} --watch`,
            does: 'every address of the Service, live',
          },
          { command: `dualvip diagnose ${service} -n ${namespace} --name ${name}`, does: 'cause and fix' },
        ]),
    { command: `dualvip down ${name}`, does: 'removes all of it' },
  ];
}

function kubectlOf({ hasKubectl, name }: HeldCase): string {
  if (hasKubectl) return 'kubectl';
  return `docker exec ${name}-control-plane kubectl --kubeconfig /etc/kubernetes/admin.conf`;
}

/** The Service that was looked at last. */
function serviceOf({ observations }: Pick<ScenarioRecord, 'observations'>): string | undefined {
  const last = observations.findLast((one) => one.kind === 'service' && !one.deleted);
  return last?.kind === 'service' ? last.service : undefined;
}

function addressesOf({ observations }: ScenarioRecord): string[] {
  const service = serviceOf({ observations });
  const last = observations.findLast((one) => one.kind === 'service' && one.service === service);
  return last?.kind === 'service' ? last.addresses : [];
}

/** The last one of each family: each may be announced by a node of its own. */
function announcersOf({ observations }: ScenarioRecord): { node: string; families: Family[] }[] {
  const last = FAMILIES.flatMap((family) => {
    const seen = observations.findLast(
      (one) => one.kind === 'probe' && one.family === family && one.announcer !== undefined,
    );
    return seen?.kind === 'probe' && seen.announcer !== undefined ? [{ family, node: seen.announcer }] : [];
  });
  return [...Map.groupBy(last, ({ node }) => node)].map(([node, seen]) => ({
    node,
    families: seen.map(({ family }) => family),
  }));
}

import type { Implementation } from '../clusters/implementations/implementation.ts';
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
  const announcer = announcerOf(scenario);
  const filter = ['arp', 'icmp6', ...addressesOf(scenario).map((one) => `host ${one}`)].join(' or ');
  const logs = (component: typeof controller) =>
    `${kubectl} -n ${component.namespace} logs -c ${component.container} --prefix --tail 100`;
  return [
    ...(held.hasKubectl
      ? [{ command: `export KUBECONFIG=${held.kubeconfig}`, does: 'kubectl speaks to this cluster' }]
      : []),
    { command: `${kubectl} -n ${namespace} get services,pods,events -o wide`, does: 'its objects' },
    { command: `docker exec -it ${probe} sh`, does: 'a shell in the client, outside of the cluster' },
    { command: `docker exec ${probe} tcpdump -l -n -i eth0 '${filter}'`, does: 'what passes there, live' },
    ...(speakers === undefined
      ? []
      : [
          announcer === undefined
            ? {
                command: `${logs(speakers)} -l ${speakers.labelSelector} -f`,
                does: 'the log of all who may announce',
              }
            : {
                command:
                  `${logs(speakers)} -f $(${kubectl} -n ${speakers.namespace} get pods ` +
                  `-l ${speakers.labelSelector} --field-selector spec.nodeName=${announcer} -o name)`,
                does: `the log of the announcer, ${announcer}`,
              },
        ]),
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

function announcerOf({ observations }: ScenarioRecord): string | undefined {
  const last = observations.findLast((one) => one.kind === 'probe' && one.announcer !== undefined);
  return last?.kind === 'probe' ? last.announcer : undefined;
}

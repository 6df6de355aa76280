import ipaddr from 'ipaddr.js';
import semver from 'semver';
import { z } from 'zod';

import { canonical, FAMILIES, familyOf, fromBigInt, toBigInt } from '../../../base/addresses.ts';
import type { KubernetesClient } from '../../kubernetes/client.ts';
import { labelSelectorSchema, type LabelSelector } from '../../kubernetes/label-selector.ts';
import { objectSchema, readAs, type KubernetesObject } from '../../kubernetes/objects.ts';
import type { ImplementationFacts, PoolFacts } from '../facts.ts';
import { OPERATOR } from './operator.ts';
import { NAMESPACE_LABEL, POOL } from './pools.ts';

type Client = Pick<KubernetesClient, 'list' | 'isServed'>;

/** The classes that LB-IPAM serves beside a Service without one, by the option of cilium-config that makes it. */
const CLASSES = {
  'enable-l2-announcements': 'io.cilium/l2-announcer',
  'enable-bgp-control-plane': 'io.cilium/bgp-control-plane',
};

/** LB-IPAM as it stands in a cluster, in whatever namespace. What Cilium's agents announce is not looked at. */
export async function ciliumFacts(client: Client, signal: AbortSignal): Promise<ImplementationFacts> {
  const [operators, configs, pools] = await Promise.all([
    client.list({ apiVersion: 'apps/v1', kind: 'Deployment' }, { labelSelector: OPERATOR_LABELS, signal }),
    client.list(
      { apiVersion: 'v1', kind: 'ConfigMap' },
      { fieldSelector: 'metadata.name=cilium-config', signal },
    ),
    (await client.isServed(POOL, { signal })) ? client.list(POOL, { signal }) : { items: [] },
  ]);
  const operator = operators.items[0] && readAs(operatorSchema, operators.items[0]);
  const version = operator && versionOf(operator);
  const config = configs.items.find(({ metadata }) => metadata.namespace === operator?.metadata.namespace);
  return {
    name: 'cilium',
    ...(version === undefined ? {} : { version }),
    classes: [null, ...classesOf(config)],
    annotations: annotationsOf(version),
    rules: { onePoolPerService: false, requestNamesEveryFamily: false, requestInOnePlace: false },
    pools: pools.items.map((pool) => poolFacts(pool, version)),
    controller: controllerFacts(operator),
  };
}

/** On our own Deployment as on that of upstream's chart. */
const OPERATOR_LABELS = OPERATOR.labelSelector;

const operatorSchema = objectSchema.extend({
  spec: z.looseObject({
    replicas: z.number().default(1),
    template: z.looseObject({
      spec: z.looseObject({ containers: z.array(z.looseObject({ image: z.string().default('') })) }),
    }),
  }),
  status: z.looseObject({ readyReplicas: z.number().default(0) }).default({ readyReplicas: 0 }),
});
type Operator = z.output<typeof operatorSchema>;

/** Of the image's tag, as in `quay.io/cilium/operator-generic:v1.15.19@sha256:…`. */
function versionOf({ spec }: Operator): string | undefined {
  const tag = spec.template.spec.containers[0]?.image.split('@')[0]?.split(':').at(-1) ?? '';
  return semver.valid(tag) ?? undefined;
}

function controllerFacts(operator: Operator | undefined): ImplementationFacts['controller'] {
  if (!operator) {
    const log = `kubectl --namespace ${OPERATOR.namespace} logs --selector ${OPERATOR.labelSelector}`;
    return { ready: false, detail: 'there is no Deployment of it', log };
  }
  const { metadata, spec, status } = operator;
  return {
    ready: status.readyReplicas > 0,
    detail: `${status.readyReplicas} of ${spec.replicas} replicas are ready`,
    log: `kubectl --namespace ${metadata.namespace} logs deployment/${metadata.name}`,
  };
}

const configSchema = z.looseObject({ data: z.record(z.string(), z.string()).default({}) });

function classesOf(config: KubernetesObject | undefined): string[] {
  if (!config) return [];
  const { data } = readAs(configSchema, config);
  return Object.entries(CLASSES).flatMap(([option, name]) => (data[option] === 'true' ? [name] : []));
}

/** Since 1.16 with a prefix of their own, before which the former one is still read. */
function annotationsOf(version: string | undefined): ImplementationFacts['annotations'] {
  const isOld = version !== undefined && semver.lt(version, '1.16.0');
  const named = (name: string) => [
    ...(isOld ? [] : [`lbipam.cilium.io/${name}`]),
    `io.cilium/lb-ipam-${name}`,
  ];
  return { addresses: named('ips'), pool: [], share: named('sharing-key') };
}

const poolSchema = objectSchema.extend({
  spec: z.looseObject({
    blocks: z
      .array(
        z.looseObject({
          cidr: z.string().default(''),
          start: z.string().default(''),
          stop: z.string().default(''),
        }),
      )
      .default([]),
    allowFirstLastIPs: z.string().optional(),
    disabled: z.boolean().default(false),
    serviceSelector: labelSelectorSchema.optional(),
  }),
  status: z
    .looseObject({
      conditions: z
        .array(z.looseObject({ type: z.string(), status: z.string(), message: z.string().default('') }))
        .default([]),
    })
    .default({ conditions: [] }),
});
type Pool = z.output<typeof poolSchema>;

function poolFacts(object: KubernetesObject, version: string | undefined): PoolFacts {
  const pool = readAs(poolSchema, object);
  const { metadata, spec, status } = pool;
  const conflicts = status.conditions.some(
    (one) => one.type === 'cilium.io/PoolConflict' && one.status === 'True',
  );
  // Nothing is given out of a pool that is disabled or overlaps an older one, not even on request.
  const ranges = spec.disabled || conflicts ? [] : rangesOf(pool, version);
  const available = availableOf(pool, ranges);
  return {
    name: metadata.name,
    ranges,
    autoAssign: true,
    avoidBuggyIPs: false,
    ...selection(spec.serviceSelector),
    ...(available === undefined ? {} : { available }),
  };
}

/** Ranges as `first-last`. Until 1.16 a CIDR's first and last address are kept back unless the pool says Yes. */
function rangesOf({ spec }: Pool, version: string | undefined): string[] {
  const isOld = version !== undefined && semver.lt(version, '1.16.0');
  const keepsBack = spec.allowFirstLastIPs !== 'Yes' && (isOld || spec.allowFirstLastIPs === 'No');
  return spec.blocks.map(({ cidr, start, stop }) =>
    cidr === '' ? `${canonical(start)}-${canonical(stop || start)}` : rangeOfCidr(cidr, keepsBack),
  );
}

function rangeOfCidr(cidr: string, keepsBack: boolean): string {
  const [address, length] = ipaddr.parseCIDR(cidr);
  const family = familyOf(address);
  const size = 1n << BigInt(address.toByteArray().length * 8 - length);
  const first = toBigInt(address) & ~(size - 1n);
  // Of /31, /32, /127 and /128 nothing would be left.
  const inset = keepsBack && size > 2n ? 1n : 0n;
  return [first + inset, first + size - 1n - inset]
    .map((one) => canonical(fromBigInt(one, family)))
    .join('-');
}

/** LB-IPAM counts the families of a pool together: of a pool with both it is not known. */
function availableOf({ status }: Pool, ranges: readonly string[]): PoolFacts['available'] {
  const families = new Set(ranges.map((range) => familyOf(range.split('-')[0] ?? '')));
  const free = Number(status.conditions.find(({ type }) => type === 'cilium.io/IPsAvailable')?.message);
  const [family] = families;
  if (family === undefined || families.size > 1 || Number.isNaN(free)) return undefined;
  return Object.fromEntries(FAMILIES.map((one) => [one, one === family ? free : 0]));
}

/** What of a selector is about the namespace, which LB-IPAM sees as a label of the Service, and the rest. */
function selection(selector: LabelSelector | undefined): Pick<PoolFacts, 'namespaces' | 'serviceSelectors'> {
  const { matchLabels: { [NAMESPACE_LABEL]: namespace, ...matchLabels } = {}, matchExpressions = [] } =
    selector ?? {};
  const isAboutNamespace = ({ key, operator }: (typeof matchExpressions)[number]) =>
    key === NAMESPACE_LABEL && operator === 'In';
  const lists = [
    ...(namespace === undefined ? [] : [[namespace]]),
    ...matchExpressions.filter(isAboutNamespace).map(({ values = [] }) => values),
  ];
  const namespaces = lists.reduce<string[] | undefined>(
    (all, list) => (all ? all.filter((one) => list.includes(one)) : list),
    undefined,
  );
  const rest = matchExpressions.filter((one) => !isAboutNamespace(one));
  const selectsAll = Object.keys(matchLabels).length + rest.length === 0;
  return {
    ...(namespaces ? { namespaces } : {}),
    serviceSelectors: selectsAll ? [] : [{ matchLabels, matchExpressions: rest }],
  };
}

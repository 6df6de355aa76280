import type { Case, Operation, Shape } from './case.ts';
import { LISTED } from './case.ts';
import type { Expected, Phase } from './outcome.ts';
import type { Refusal } from './service-api.ts';

const SHAPE_WORDS: Readonly<Record<Shape, string>> = {
  'one-dual': 'one pool of both families',
  separate: 'separate pools',
  'ipv4-only': 'an IPv4 pool only',
  'ipv6-only': 'an IPv6 pool only',
  none: 'no pool',
  'ipv4-full': 'no IPv4 address left',
  'ipv6-full': 'no IPv6 address left',
  'two-dual': 'two pools of both families',
};

const OPERATION_WORDS: Readonly<Record<Operation, string>> = {
  create: '',
  'to-single': 'to SingleStack',
  'to-prefer': 'to PreferDualStack',
  'to-require': 'to RequireDualStack',
  'add-family': 'second family added',
  'add-family-only': 'second family added, policy kept',
  'drop-family': 'second family removed',
  'drop-family-only': 'second family removed, policy kept',
  'swap-primary': 'another primary family',
  'add-pool': 'missing pool added',
  'remove-pool': 'pool removed',
  restart: 'controller restarted',
};

const REFUSAL_WORDS: Readonly<Record<Refusal, string>> = {
  'two-families-single-stack': 'SingleStack takes one family',
  'cluster-not-dual-stack': 'RequireDualStack takes a dual-stack cluster',
  'family-not-in-cluster': 'the cluster lacks a family that is listed',
  'primary-is-fixed': 'the primary family cannot be changed',
  'second-is-kept': 'the second family goes with the policy SingleStack only',
};

/** `PreferDualStack [IPv4, IPv6], separate pools, to SingleStack: IPv4`: the title of a case's scenario. */
export function titleOf(one: Case, expected: Expected): string {
  const { policy, families, shape, operation } = one;
  const listed = LISTED[families];
  const asked = `${policy === 'unset' ? 'no policy' : policy} ${listed ? `[${listed.join(', ')}]` : 'no families'}`;
  const what = [asked, SHAPE_WORDS[shape], OPERATION_WORDS[operation]].filter((text) => text !== '');
  const last = 'refused' in expected ? undefined : (expected.after ?? expected.created);
  return `${what.join(', ')}: ${last && !last.refused ? outcomeWords(last) : 'refused'}`;
}

/** `IPv4 and IPv6`, `IPv4`, `Pending`, or why the API refuses and what the Service still has. */
export function phaseWords(phase: Phase): string {
  return phase.refused
    ? `refused (${REFUSAL_WORDS[phase.refused]}), still ${outcomeWords(phase)}`
    : outcomeWords(phase);
}

export function refusalWords(refusal: Refusal): string {
  return `refused: ${REFUSAL_WORDS[refusal]}`;
}

function outcomeWords({ addresses }: Phase): string {
  return addresses.map(({ family }) => family).join(' and ') || 'Pending';
}

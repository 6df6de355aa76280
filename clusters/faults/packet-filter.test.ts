import { describe, expect, it } from 'vitest';

import { FAMILIES, type Family } from '../../base/addresses.ts';
import { neighbourRules } from './dropped-neighbours.ts';
import { FAKE_NODES, fakePlace } from './fake-place.ts';
import { dropped, dropScript, removeFilter, type DropRule } from './packet-filter.ts';
import { partitionRules } from './partition.ts';
import { apiRules } from './unreachable-api.ts';

const signal = new AbortController().signal;

describe('dropScript', () => {
  it('drops at the link, in place of a table of the same name', () => {
    expect(dropScript('dualvip_neighbours', neighbourRules(FAMILIES))).toBe(
      [
        'add table netdev dualvip_neighbours',
        'delete table netdev dualvip_neighbours',
        'table netdev dualvip_neighbours {',
        '  chain ingress {',
        '    type filter hook ingress device "eth0" priority -500; policy accept;',
        '    meta protocol arp counter drop',
        '    meta protocol ip6 icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } counter drop',
        '  }',
        '  chain egress {',
        '    type filter hook egress device "eth0" priority -500; policy accept;',
        '    meta protocol arp counter drop',
        '    meta protocol ip6 icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } counter drop',
        '  }',
        '}',
        '',
      ].join('\n'),
    );
  });
});

/** How many rules there are of each hook, for a family. */
function shape(rules: readonly DropRule[], family: Family): Record<string, number> {
  const own = rules.filter((rule) => rule.family === undefined || rule.family === family);
  return Object.fromEntries(
    ['ingress', 'egress'].map((hook) => [hook, own.filter((rule) => rule.hook === hook).length]),
  );
}

describe('the rules', () => {
  it.each([
    ['neighbours-dropped', neighbourRules(FAMILIES), { ingress: 1, egress: 1 }],
    ['partition', partitionRules(FAKE_NODES.slice(1)), { ingress: 2, egress: 2 }],
    ['api-unreachable', apiRules(FAKE_NODES.slice(0, 1)), { ingress: 0, egress: 1 }],
  ])('of %s are the same for both families', (_name, rules, expected) => {
    expect(shape(rules, 'IPv4')).toEqual(expected);
    expect(shape(rules, 'IPv6')).toEqual(expected);
  });

  it.each(FAMILIES)('of one family leave the other alone: %s', (family) => {
    const rules = neighbourRules([family]);
    expect(new Set(rules.map((rule) => rule.family))).toEqual(new Set([family]));
    expect(rules).toHaveLength(2);
    const mixed = neighbourRules(FAMILIES).filter((rule) => rule.family === family);
    expect(mixed).toEqual(rules);
  });

  it('of the API name its addresses and port', () => {
    expect(apiRules(FAKE_NODES.slice(0, 1)).map(({ match }) => match)).toEqual([
      'ip daddr 172.18.0.2 tcp dport 6443',
      'ip6 daddr fd00:aaaa::2 tcp dport 6443',
    ]);
  });
});

describe('removeFilter', () => {
  it('removes a table whether it is there or not', async () => {
    const scripts: (string | undefined)[] = [];
    const { place } = fakePlace((command, input) => {
      if (command.startsWith('ps ')) return 'running\n';
      scripts.push(`${command}: ${input}`);
      return '';
    });
    await removeFilter(place, { node: 'demo-worker', table: 'dualvip_partition', signal });
    expect(scripts).toEqual([
      'exec --interactive demo-worker nft -f -: add table netdev dualvip_partition\ndelete table netdev dualvip_partition',
    ]);
  });

  it('does nothing in a node that does not run', async () => {
    const { place, asked } = fakePlace(() => 'exited\n');
    await removeFilter(place, { node: 'demo-worker', table: 'dualvip_partition', signal });
    expect(asked).toEqual(['ps --all --filter name=^demo-worker$ --format {{.State}}']);
  });
});

describe('dropped', () => {
  it('reads the counters', async () => {
    const listing = [
      'table netdev t {',
      '  chain ingress {',
      '    type filter hook ingress device "eth0" priority -500; policy accept;',
      '    meta protocol arp counter packets 12 bytes 336 drop',
      '  }',
      '  chain egress {',
      '    meta protocol arp counter packets 0 bytes 0 drop',
      '  }',
      '}',
    ];
    const { place } = fakePlace(() => listing.join('\n'));
    expect(await dropped(place, { node: 'demo-worker', table: 't', signal })).toEqual([12, 0]);
  });
});

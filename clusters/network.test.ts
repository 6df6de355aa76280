import * as fc from 'fast-check';
import ipaddr from 'ipaddr.js';
import { describe, expect, it } from 'vitest';

import { HarnessError } from '../base/errors.ts';
import { Docker } from './docker.ts';
import {
  checkNetwork,
  createNetwork,
  inspectNetwork,
  parseNetwork,
  uniqueLocalSubnet,
  type ClusterNetwork,
} from './network.ts';

/** As `docker network inspect` answers, as far as it is read. */
function inspected(network: object): string {
  return JSON.stringify([{ Name: 'demo', Id: 'b1', IPAM: { Config: [] }, Containers: {}, ...network }]);
}

const DUAL = {
  IPAM: {
    Driver: 'default',
    Config: [
      { Subnet: '172.18.0.0/16', Gateway: '172.18.0.1' },
      { Subnet: 'fd00:aaaa::/64', Gateway: 'fd00:aaaa::1' },
    ],
  },
  Containers: {
    c1: { Name: 'demo-worker', IPv4Address: '172.18.0.3/16', IPv6Address: 'fd00:aaaa::3/64' },
    c2: { Name: 'four', IPv4Address: '172.18.0.4/16', IPv6Address: '' },
  },
};

/** Docker that keeps what it was asked and answers each call with the next of these; an Error is thrown. */
class FakeDocker extends Docker {
  readonly asked: string[] = [];
  readonly #answers: (string | Error)[];

  constructor(...answers: (string | Error)[]) {
    super({});
    this.#answers = answers;
  }

  override run(args: readonly string[]): Promise<string> {
    this.asked.push(args.join(' '));
    const answer = this.#answers.shift() ?? '';
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  }
}

const networkOf = (subnets: ClusterNetwork['subnets']): ClusterNetwork => ({
  name: 'demo',
  id: 'b1',
  subnets,
  gateways: {},
  occupied: [],
});

/** What the engine is asked at an attempt, counted from 0. */
const command = (attempt: number) =>
  `network create --driver bridge --ipv6 --subnet ${uniqueLocalSubnet('demo', attempt)} --label dev.dualvip.cluster=demo demo`;

const signal = new AbortController().signal;

describe('parseNetwork', () => {
  it('reads both families, and the addresses that containers hold', () => {
    expect(parseNetwork(inspected(DUAL))).toEqual({
      name: 'demo',
      id: 'b1',
      subnets: { IPv4: '172.18.0.0/16', IPv6: 'fd00:aaaa::/64' },
      gateways: { IPv4: '172.18.0.1', IPv6: 'fd00:aaaa::1' },
      occupied: ['172.18.0.3', 'fd00:aaaa::3', '172.18.0.4'],
    });
  });

  it('takes gateways with a prefix length or none at all, and the first subnet of a family', () => {
    const Config = [
      { Subnet: 'fd00:1::/64', Gateway: 'fd00:1::1/64' },
      { Subnet: '10.0.0.0/24' },
      { Subnet: '10.0.1.0/24' },
    ];
    expect(parseNetwork(inspected({ IPAM: { Config } }))).toMatchObject({
      subnets: { IPv4: '10.0.0.0/24', IPv6: 'fd00:1::/64' },
      gateways: { IPv6: 'fd00:1::1' },
    });
  });

  it('takes a network without any configuration, as `none` is', () => {
    expect(parseNetwork(inspected({ IPAM: { Config: null }, Containers: null }))).toEqual({
      name: 'demo',
      id: 'b1',
      subnets: {},
      gateways: {},
      occupied: [],
    });
  });
});

describe('checkNetwork', () => {
  const both = { IPv4: '172.18.0.0/16', IPv6: 'fd00:aaaa::/64' };

  it('takes a network with both families', () => {
    expect(() => checkNetwork(networkOf(both))).not.toThrow();
  });

  it.each([
    [
      { IPv4: both.IPv4 },
      'DUALVIP_NETWORK_NO_IPV6',
      'network demo has no IPv6 subnet, so no IPv6 VIP can be reached on it',
      'Docker makes networks without IPv6 unless asked: `docker network create --ipv6 --subnet fd00:1::/64 NAME`, or leave --network out.',
    ],
    [
      { IPv6: both.IPv6 },
      'DUALVIP_NETWORK_NO_IPV4',
      'network demo has no IPv4 subnet, so no IPv4 VIP can be reached on it',
      'Make it with an IPv4 subnet, or leave --network out.',
    ],
  ] as const)('refuses %j', (subnets, code, message, hint) => {
    expect(() => checkNetwork(networkOf(subnets))).toThrow(new HarnessError(code, message, { hint }));
  });
});

describe('uniqueLocalSubnet', () => {
  it('is a /64 of fd00::/8, another one for another name and another attempt', () => {
    fc.assert(
      fc.property(fc.string(), fc.nat(), (name, attempt) => {
        const [network, length] = ipaddr.IPv6.parseCIDR(uniqueLocalSubnet(name, attempt));
        expect(length).toBe(64);
        expect(network.match(ipaddr.IPv6.parseCIDR('fd00::/8'))).toBe(true);
        expect(network.toByteArray().slice(8)).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
        expect(uniqueLocalSubnet(name, attempt)).toBe(uniqueLocalSubnet(name, attempt));
        expect(uniqueLocalSubnet(name, attempt + 1)).not.toBe(uniqueLocalSubnet(name, attempt));
        expect(uniqueLocalSubnet(`${name}x`, attempt)).not.toBe(uniqueLocalSubnet(name, attempt));
      }),
    );
  });
});

describe('createNetwork', () => {
  it('makes a bridge with IPv6, labelled, named for the cluster', async () => {
    const docker = new FakeDocker('b1');
    await createNetwork(docker, 'demo', signal);
    expect(docker.asked).toEqual([command(0)]);
  });

  it('takes another subnet where one is in use', async () => {
    const docker = new FakeDocker(new Error('Pool overlaps'), new Error('Pool overlaps'), 'b1');
    await createNetwork(docker, 'demo', signal);
    expect(docker.asked).toEqual([command(0), command(1), command(2)]);
  });

  it('gives up after five, with the last failure as its cause', async () => {
    const failures = [1, 2, 3, 4, 5].map((number) => new Error(`no ${number}`));
    const docker = new FakeDocker(...failures);
    await expect(createNetwork(docker, 'demo', signal)).rejects.toMatchObject({
      code: 'DUALVIP_NETWORK_FAILED',
      message: 'no bridge for cluster demo could be made',
      hint: 'Does the engine do IPv6? `dualvip doctor` tells; unused networks can be removed by `docker network prune`.',
      cause: failures[4],
    });
    expect(docker.asked).toHaveLength(5);
  });

  it('does not try again after an abort', async () => {
    const docker = new FakeDocker(new Error('killed'));
    const aborted = AbortSignal.abort(new Error('interrupted'));
    await expect(createNetwork(docker, 'demo', aborted)).rejects.toThrow('interrupted');
    expect(docker.asked).toHaveLength(1);
  });
});

describe('inspectNetwork', () => {
  it('asks the engine', async () => {
    const docker = new FakeDocker(inspected(DUAL));
    expect((await inspectNetwork(docker, 'demo', signal)).subnets.IPv6).toBe('fd00:aaaa::/64');
    expect(docker.asked).toEqual(['network inspect demo']);
  });
});

import { describe, expect, it } from 'vitest';

import { Docker } from '../../clusters/docker.ts';
import { giveAgent, probeCommand } from './given-container.ts';

const { signal } = new AbortController();

/** An engine that answers by the begin of what it is asked. */
class FakeDocker extends Docker {
  readonly asked: string[] = [];
  readonly #answers: Readonly<Record<string, string>>;

  constructor(answers: Readonly<Record<string, string>>) {
    super({});
    this.#answers = answers;
  }

  override run(args: readonly string[]): Promise<string> {
    const line = args.join(' ');
    this.asked.push(line);
    const answer = Object.entries(this.#answers).find(([begin]) => line.startsWith(begin));
    return answer ? Promise.resolve(answer[1]) : Promise.reject(new Error(`no answer to ${line}`));
  }
}

function container(overrides: { labels?: object; running?: boolean; networks?: string[] } = {}): string {
  const { labels = { 'dev.dualvip.probe': '' }, running = true, networks = ['kind'] } = overrides;
  return JSON.stringify([
    {
      Id: 'c0ffee',
      Name: '/my-probe',
      State: { Running: running },
      Config: { Labels: labels },
      NetworkSettings: { Networks: Object.fromEntries(networks.map((name) => [name, {}])) },
    },
  ]);
}

describe('giveAgent', () => {
  it('puts the agent into a container that was started for it', async () => {
    const docker = new FakeDocker({ 'container inspect my-probe': container(), 'cp ': '' });
    expect(await giveAgent(docker, 'my-probe', signal)).toEqual({
      id: 'c0ffee',
      name: 'my-probe',
      network: 'kind',
    });
    expect(docker.asked[1]).toMatch(/^cp \S+\/dualvip-agent-\w+\/\. c0ffee:\/dualvip\/$/);
  });

  it.each([
    [{ labels: {} }, 'container my-probe has no label dev.dualvip.probe: it is for something else'],
    [{ running: false }, 'container my-probe does not run'],
    [{ networks: ['kind', 'bridge'] }, 'container my-probe is on 2 networks, and not on one'],
    [{ networks: ['host'] }, 'container my-probe has no network of its own, but that of the host'],
  ])('refuses one with %j', async (overrides, message) => {
    const docker = new FakeDocker({ 'container inspect my-probe': container(overrides) });
    await expect(giveAgent(docker, 'my-probe', signal)).rejects.toMatchObject({
      code: 'DUALVIP_PROBE_UNFIT',
      message,
      hint: 'Start it by the command that a run without --probe prints; DOCKER_HOST names its engine.',
      exitCode: 64,
    });
  });

  it('refuses one that is not there', async () => {
    await expect(giveAgent(new FakeDocker({}), 'my-probe', signal)).rejects.toThrow(
      'there is no container my-probe in the engine that answers',
    );
  });
});

function network(name: string, ...subnets: string[]): object {
  return { Name: name, Driver: 'bridge', IPAM: { Config: subnets.map((one) => ({ Subnet: one })) } };
}

describe('probeCommand', () => {
  const nodes = [{ addresses: { IPv4: '172.18.0.2', IPv6: 'fc00:f853::2' } }];
  it('names the network that the nodes are on, and the image that there is', async () => {
    const docker = new FakeDocker({
      'network ls': 'a\nb\n',
      'network inspect a b': JSON.stringify([
        network('bridge', '172.17.0.0/16'),
        network('kind', '172.18.0.0/16', 'fc00:f853::/64'),
      ]),
      'image ls': '<none>:<none>\ndualvip/probe:1\ndualvip/probe:0\n',
    });
    expect(await probeCommand(docker, nodes, signal)).toBe(
      'docker run --detach --rm --name dualvip-probe --label dev.dualvip.probe --cap-add NET_ADMIN --network kind dualvip/probe:1 sleep infinity',
    );
  });

  it('leaves names to be filled in where no engine answers', async () => {
    expect(await probeCommand(new FakeDocker({}), nodes, signal)).toMatch(
      / --network NETWORK IMAGE sleep infinity$/,
    );
  });
});

import { describe, expect, it } from 'vitest';

import { HarnessError } from '../../base/errors.ts';
import { ipv6BridgeCheck } from './ipv6-bridge-check.ts';

/** An engine that answers each docker command so; null fails. */
async function checkWith(answers: Record<string, string | null>) {
  const commands: string[] = [];
  const result = await ipv6BridgeCheck({
    engine: { environment: {} },
    id: '0123456789',
    command: (_file, args) => {
      commands.push(args.join(' '));
      const answer = answers[args[1] ?? ''];
      return answer === null
        ? Promise.reject(
            new HarnessError('DUALVIP_COMMAND_FAILED', 'docker network: exit code 1\nno ip6tables'),
          )
        : Promise.resolve(answer ?? '');
    },
  });
  return { result, commands };
}

function network(enabled: boolean, ...subnets: string[]): string {
  return JSON.stringify([{ EnableIPv6: enabled, IPAM: { Config: subnets.map((Subnet) => ({ Subnet })) } }]);
}

const CREATE =
  'network create --ipv6 --subnet fd01:2345:6789::/64 --label dualvip.check dualvip-check-0123456789';

describe('ipv6BridgeCheck', () => {
  it('makes a bridge, looks at it and removes it', async () => {
    const { result, commands } = await checkWith({
      inspect: network(true, '172.18.0.0/16', 'fd01:2345:6789::/64'),
    });
    expect(result).toEqual({
      id: 'ipv6-bridge',
      what: 'Docker bridge with IPv6',
      found: 'IPv4 and IPv6',
      needed: 'a subnet of each family',
      status: 'ok',
    });
    expect(commands).toEqual([
      CREATE,
      'network inspect dualvip-check-0123456789',
      'network rm dualvip-check-0123456789',
    ]);
  });

  it.each([
    ['the option was dropped', network(false, '172.18.0.0/16'), 'IPv4'],
    ['one family only', network(true, 'fd01:2345:6789::/64'), 'IPv6'],
  ])('fails when %s', async (_name, inspect, found) => {
    const { result, commands } = await checkWith({ inspect });
    expect(result).toMatchObject({ found, status: 'fail' });
    expect(commands.at(-1)).toBe('network rm dualvip-check-0123456789');
  });

  it("fails in the engine's words when it makes none", async () => {
    const { result, commands } = await checkWith({ create: null });
    expect(result).toMatchObject({ found: 'no ip6tables', status: 'fail' });
    expect(commands).toEqual([CREATE]);
  });
});

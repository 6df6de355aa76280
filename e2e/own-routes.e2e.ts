import { mkdtempDisposable } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { expect, it } from 'vitest';
import { z } from 'zod';

import { converge } from '../base/converge.ts';
import { LABEL } from '../clusters/docker.ts';
import { inspectNetwork } from '../clusters/network.ts';
import { straysFrom } from '../harness/probe/own-networks.ts';
import { readRoutes, type Route } from '../harness/probe/routes.ts';
import { startDualvip } from './command-line.ts';
import { openShared, sharedName } from './shared-cluster.ts';

const networksSchema = z.record(
  z.string(),
  z.looseObject({ IPAddress: z.string(), GlobalIPv6Address: z.string() }),
);

/** The gateway of the routes by way of a router. */
function routerOf(routes: readonly Route[]): string | undefined {
  return routes.find(({ gateway }) => gateway !== undefined)?.gateway;
}

/** Reads and sends nothing: what cannot be routed cannot leave. */
it('no route of probe and router leads outside of the run’s own networks', async () => {
  await using shared = await openShared();
  const { docker, cluster } = shared;
  await using reports = await mkdtempDisposable(path.join(tmpdir(), 'dualvip-routes-'));
  const flags = ['--name', sharedName(), '--reports', reports.path];
  const run = startDualvip(['run', '-t', 'c18-ipv4-outage', ...flags]);
  try {
    const labelled = ['--filter', `label=${LABEL.run}`, '--filter', `label=${LABEL.cluster}=${sharedName()}`];
    const routesOf = (container: string) =>
      readRoutes((args) => docker.run(['exec', container, 'ip', ...args]));
    // The router is set up when the probe has routes by way of it.
    const containers = await converge({
      what: 'a probe whose ranges are behind a router',
      observe: async () => {
        const names = await docker.lines(['ps', ...labelled, '--format', '{{.Names}}']);
        const read = names.map(async (name) => ({ name, routes: await routesOf(name) }));
        return Promise.all(read);
      },
      until: (found) => found.some(({ routes }) => routerOf(routes) !== undefined) && found.length === 2,
      timeoutMs: 240_000,
      intervalMs: 100,
    });
    const roles = containers.map(({ name }) => name.replace(`${sharedName()}-`, '').split('-')[0]);
    expect(new Set(roles)).toEqual(new Set(['probe', 'router']));
    const { subnets } = await inspectNetwork(docker, cluster.state.network.name);
    const format = '{{json .NetworkSettings.Networks}}';
    const members = await Promise.all(
      containers.map(async ({ name }) => {
        const text = await docker.run(['container', 'inspect', '--format', format, name]);
        const networks = networksSchema.parse(JSON.parse(text));
        expect(Object.keys(networks)).toEqual([cluster.state.network.name]);
        return Object.values(networks).flatMap(({ IPAddress, GlobalIPv6Address }) => [
          IPAddress,
          GlobalIPv6Address,
        ]);
      }),
    );
    const own = { subnets: Object.values(subnets), members: members.flat() };
    for (const { name, routes } of containers) {
      expect({ name, strays: straysFrom(routes, own) }).toEqual({ name, strays: [] });
      // The control: the link's own routes were read, of both families.
      const families = routes.filter(
        ({ type, destination }) => type === 'unicast' && destination !== 'default',
      );
      expect(new Set(families.map(({ family }) => family))).toEqual(new Set(['IPv4', 'IPv6']));
    }
    // Another control: a node does have a way out, and it is seen as one.
    const node = cluster.nodes[0]?.name ?? '';
    expect(straysFrom(await routesOf(node), own).map(({ destination }) => destination)).toContain('default');
  } finally {
    run.kill('SIGINT');
    await run;
  }
});

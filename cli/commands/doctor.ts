import { hasColors } from '../../base/colors.ts';
import { run, succeeds } from '../../base/command.ts';
import { messageOf } from '../../base/errors.ts';
import type { Check } from '../../clusters/engine/check.ts';
import { engineChecks } from '../../clusters/engine/checks.ts';
import { findEngine } from '../../clusters/engine/engine.ts';
import { ipv6BridgeCheck } from '../../clusters/engine/ipv6-bridge-check.ts';
import { checkTable } from '../check-table.ts';
import type { CommandContext } from '../context.ts';

/** Everything that a run needs: what was found, what is needed, how to mend it. Exit code 2 when a check fails. */
export async function doctor(flags: { json: boolean }, { signal, print }: CommandContext): Promise<number> {
  const engine = await findEngine({ signal }).catch((error: unknown) => messageOf(error));
  const there = typeof engine === 'object' ? engine : undefined;
  const [checks, bridge, tools] = await Promise.all([
    engineChecks(there),
    there ? ipv6BridgeCheck({ engine: there, signal }) : undefined,
    toolChecks(signal),
  ]);
  const all = [...checks, ...(bridge ? [bridge] : []), ...tools];
  if (flags.json) print(JSON.stringify(all, null, 2));
  else {
    if (typeof engine === 'string') print(`engine: ${engine}\n`);
    print(checkTable(all, { colors: hasColors('stdout'), columns: process.stdout.columns }));
  }
  return all.some(({ status }) => status === 'fail') ? 2 : 0;
}

async function toolChecks(signal: AbortSignal): Promise<Check[]> {
  const go = await run('go', ['env', 'GOVERSION'], { signal }).catch(() => undefined);
  const kind = await run('kind', ['version', '--quiet'], { signal }).catch(() => undefined);
  const debootstrap = await succeeds('sh', ['-c', 'command -v debootstrap'], { signal });
  return [
    {
      id: 'go',
      what: 'Go',
      found: go ?? 'none',
      needed: '1.26 or later, for manifests, kind and --images source',
      status: go ? 'ok' : 'fail',
      ...(go ? {} : { fix: 'install Go from https://go.dev/dl' }),
    },
    {
      id: 'kind',
      what: 'kind',
      found: kind ?? 'none',
      needed: '0.33.0 or later, or Go to build it',
      status: kind || go ? 'ok' : 'fail',
      ...(kind || go ? {} : { fix: 'install kind (https://kind.sigs.k8s.io) or Go' }),
    },
    {
      id: 'debootstrap',
      what: 'debootstrap',
      found: debootstrap ? 'installed' : 'none',
      needed: 'for --images source; installed by it on Debian',
      status: 'ok',
    },
  ];
}

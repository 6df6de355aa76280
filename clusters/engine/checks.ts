import semver from 'semver';

import { type Check, check, formatGiB } from './check.ts';
import type { Engine } from './engine.ts';
import { diskCheck, type Host, inotifyChecks, ipv6Check, thisHost } from './host-checks.ts';

export type { Check } from './check.ts';

/** `docker run --cgroupns`, which kind gives its nodes, came with it. */
const OLDEST = '20.10';
/**
 * Where CAP_SYS_RESOURCE is withheld, 20.10 cannot start a privileged container ("unable to apply caps") and
 * 26.1 can; what lies between was not tried.
 */
const OLDEST_WITHOUT_SYS_RESOURCE = '24.0';
/** A control-plane node takes 440 MiB. A machine of nominally 4 GB shows a little less than it has. */
const MEMORY = 3.5 * 2 ** 30;

/**
 * What a run needs of the engine and its machine. Of an engine elsewhere (a VM, another machine) only what the
 * engine itself tells; this machine's kernel and disk do not matter there. See also `ipv6BridgeCheck`, which
 * changes something.
 */
export async function engineChecks(engine: Engine | undefined, host: Host = thisHost): Promise<Check[]> {
  const here = host.platform === 'linux' && (engine === undefined || engine.local);
  return [
    versionCheck(engine),
    ...(engine ? [cgroupCheck(engine), memoryCheck(engine)] : []),
    ...(engine && here ? [capabilityCheck(engine), await diskCheck(engine.dataRoot, host)] : []),
    ...(here ? [await ipv6Check(host), ...(await inotifyChecks(host))] : []),
  ];
}

function versionCheck(engine: Engine | undefined): Check {
  const oldest = engine?.capSysResource === false ? OLDEST_WITHOUT_SYS_RESOURCE : OLDEST;
  const version = semver.coerce(engine?.version);
  const enough = version !== null && semver.gte(version, `${oldest}.0`);
  return check({
    id: 'engine',
    what: 'Docker engine',
    found: engine ? `${engine.version} at ${engine.host}` : 'none that answers',
    needed: `${oldest} or later`,
    status: enough ? 'ok' : 'fail',
    fix: engine
      ? `Install Docker Engine ${oldest} or later.`
      : 'Install and start Docker. On Debian, as root, the harness offers to do it.',
  });
}

function cgroupCheck({ cgroupVersion }: Engine): Check {
  return check({
    id: 'cgroup',
    what: 'cgroup version',
    found: `${cgroupVersion}`,
    needed: '2',
    status: cgroupVersion === 2 ? 'ok' : 'warn',
    fix: "The harness's own node image runs on version 1 too. The kubelet of Kubernetes 1.35 and later refuses it by default (failCgroupV1): for published node images, boot with systemd.unified_cgroup_hierarchy=1.",
  });
}

function memoryCheck({ memoryBytes }: Engine): Check {
  return check({
    id: 'memory',
    what: "the engine's memory",
    found: formatGiB(memoryBytes),
    needed: formatGiB(MEMORY),
    status: memoryBytes >= MEMORY ? 'ok' : 'fail',
    fix: "Give the machine, or Docker's VM, more memory; on macOS in Docker Desktop's settings or by colima start --memory.",
  });
}

function capabilityCheck({ capSysResource }: Engine): Check {
  return check({
    id: 'cap-sys-resource',
    what: 'CAP_SYS_RESOURCE',
    found: capSysResource ? 'there' : 'withheld from this machine',
    needed: 'there',
    status: capSysResource ? 'ok' : 'warn',
    fix: "Nothing to do: the harness's own node image is built for it. Published node images may not start here.",
  });
}

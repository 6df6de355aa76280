import type { Installation } from './installation.ts';
import type { OsRelease } from './os-release.ts';

/** What decides how to come to an engine. */
export interface Facts {
  platform: NodeJS.Platform;
  root: boolean;
  /** Of /etc/os-release; undefined where there is none. */
  release: OsRelease | undefined;
  /** Whether an engine answers. */
  found: boolean;
  /** What the user chose the daemon by, when it is not the default socket. */
  namedBy: string | undefined;
  host: string | undefined;
  dockerdInstalled: boolean;
  clientInstalled: boolean;
  installation: Installation;
}

export type Step =
  | { do: 'use' }
  /** Start what is installed. */
  | { do: 'start'; question: string | undefined }
  /** Debian's packages; also goes on with an installation that was interrupted. */
  | { do: 'install'; release: OsRelease; question: string | undefined }
  | { do: 'refuse'; code: `DUALVIP_${string}`; message: string; hint: string };

/**
 * How to come to an engine. An engine that answers is used as it is, whatever it is: it is not ours to mend
 * (`engineChecks` tells what it lacks). The one exception is our own, when making it was interrupted.
 */
export function nextStep(facts: Facts): Step {
  const { platform, root, release, found, dockerdInstalled, clientInstalled, installation } = facts;
  const onDebian = platform === 'linux' && root && release?.id === 'debian';
  if (onDebian && installation === 'unfinished' && facts.namedBy === undefined) {
    return { do: 'install', release, question: undefined };
  }
  if (found) return { do: 'use' };
  if (facts.namedBy !== undefined) {
    return { do: 'refuse', ...silent({ namedBy: facts.namedBy, host: facts.host }) };
  }
  if (platform === 'linux' && root && dockerdInstalled && clientInstalled) {
    const question = 'Docker is installed and does not run. Start dockerd?';
    return { do: 'start', question: installation === 'finished' ? undefined : question };
  }
  if (onDebian) {
    const question = `No Docker engine here. Install docker.io of ${release.name} with apt-get, and start it?`;
    return { do: 'install', release, question };
  }
  return { do: 'refuse', code: 'DUALVIP_ENGINE_MISSING', message: MISSING, hint: missingHint(facts) };
}

/** Of an engine that the user has named: nothing else is taken for it. */
export function silent({ namedBy, host }: { namedBy: string; host: string | undefined }): {
  code: `DUALVIP_${string}`;
  message: string;
  hint: string;
} {
  return {
    code: 'DUALVIP_ENGINE_UNREACHABLE',
    message: `the Docker engine of ${namedBy} (${host}) does not answer`,
    hint: 'Start it (Docker Desktop, "colima start"), or choose another by DOCKER_HOST or "docker context use".',
  };
}

export const MISSING = 'no Docker engine answers on this machine';

/** What to do about it, by platform. */
export function missingHint(
  facts: Pick<Facts, 'platform' | 'root' | 'release' | 'dockerdInstalled'>,
): string {
  const { platform, release, dockerdInstalled } = facts;
  if (platform === 'darwin') {
    return 'Install and start Docker Desktop, or Colima: brew install colima docker && colima start.';
  }
  if (platform !== 'linux') return 'Run it on Linux or macOS with Docker; on Windows, inside WSL 2.';
  if (dockerdInstalled) return 'Docker is installed and does not run. Start it: sudo systemctl start docker.';
  if (release?.id === 'debian') {
    return 'As root the harness installs one itself: answer yes, or pass --yes. Or: sudo apt-get install docker.io.';
  }
  return `Install Docker Engine 24 or later for ${release?.name ?? 'your distribution'} (https://docs.docker.com/engine/install/) and start it.`;
}

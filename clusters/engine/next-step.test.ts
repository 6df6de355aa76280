import { describe, expect, it } from 'vitest';

import { type Facts, nextStep } from './next-step.ts';

const DEBIAN = { id: 'debian', versionId: '12', codename: 'bookworm', name: 'Debian 12' };
const FEDORA = { id: 'fedora', versionId: '43', codename: '', name: 'Fedora Linux 43' };

const BARE: Facts = {
  platform: 'linux',
  root: true,
  release: DEBIAN,
  found: false,
  namedBy: undefined,
  host: undefined,
  dockerdInstalled: false,
  clientInstalled: false,
  installation: 'none',
};
const INSTALLED = { dockerdInstalled: true, clientInstalled: true };

const installQuestion = 'No Docker engine here. Install docker.io of Debian 12 with apt-get, and start it?';

describe('nextStep', () => {
  it.each<[string, Partial<Facts>, object]>([
    ['an engine that answers is used', { found: true }, { do: 'use' }],
    ['also one that we made', { found: true, installation: 'finished' }, { do: 'use' }],
    ['also by a user without root', { found: true, root: false, installation: 'unfinished' }, { do: 'use' }],
    [
      'also when we have an unfinished one, but the user chose another',
      { found: true, installation: 'unfinished', namedBy: 'DOCKER_HOST' },
      { do: 'use' },
    ],
    [
      'an interrupted installation goes on, unasked',
      { found: true, ...INSTALLED, installation: 'unfinished' },
      { do: 'install', release: DEBIAN, question: undefined },
    ],
    [
      'our own that was killed is started, unasked',
      { ...INSTALLED, installation: 'finished' },
      { do: 'start', question: undefined },
    ],
    [
      "somebody's that does not run is started when the user agrees",
      { ...INSTALLED, release: FEDORA },
      { do: 'start', question: 'Docker is installed and does not run. Start dockerd?' },
    ],
    ['Debian as root', {}, { do: 'install', release: DEBIAN, question: installQuestion }],
    [
      'Debian with a daemon and no client',
      { dockerdInstalled: true },
      { do: 'install', release: DEBIAN, question: installQuestion },
    ],
  ])('%s', (_name, facts, expected) => {
    expect(nextStep({ ...BARE, ...facts })).toEqual(expected);
  });

  it.each<[string, Partial<Facts>, string]>([
    [
      'macOS',
      { platform: 'darwin', release: undefined, root: false },
      'Install and start Docker Desktop, or Colima: brew install colima docker && colima start.',
    ],
    [
      'Debian without root',
      { root: false },
      'As root the harness installs one itself: answer yes, or pass --yes. Or: sudo apt-get install docker.io.',
    ],
    [
      'stopped, without root',
      { root: false, ...INSTALLED },
      'Docker is installed and does not run. Start it: sudo systemctl start docker.',
    ],
    [
      'another Linux',
      { release: FEDORA },
      'Install Docker Engine 24 or later for Fedora Linux 43 (https://docs.docker.com/engine/install/) and start it.',
    ],
    [
      'Windows',
      { platform: 'win32', release: undefined },
      'Run it on Linux or macOS with Docker; on Windows, inside WSL 2.',
    ],
  ])('refuses with what to do: %s', (_name, facts, hint) => {
    expect(nextStep({ ...BARE, ...facts })).toEqual({
      do: 'refuse',
      code: 'DUALVIP_ENGINE_MISSING',
      message: 'no Docker engine answers on this machine',
      hint,
    });
  });

  it('installs nothing when the user chose an engine that does not answer', () => {
    const facts = { ...BARE, namedBy: 'context "colima"', host: 'unix:///home/u/.colima/docker.sock' };
    expect(nextStep(facts)).toEqual({
      do: 'refuse',
      code: 'DUALVIP_ENGINE_UNREACHABLE',
      message: 'the Docker engine of context "colima" (unix:///home/u/.colima/docker.sock) does not answer',
      hint: 'Start it (Docker Desktop, "colima start"), or choose another by DOCKER_HOST or "docker context use".',
    });
  });
});

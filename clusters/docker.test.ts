import { describe, expect, it } from 'vitest';

import { Docker } from './docker.ts';
import { fakePrograms } from './fake-program.ts';

/** Docker whose client is this shell script. */
async function dockerOf(script: string) {
  const programs = await fakePrograms({ docker: script });
  const docker = new Docker({ PATH: programs.path, DOCKER_HOST: 'unix:///run/fake.sock' });
  return { docker, [Symbol.asyncDispose]: () => programs[Symbol.asyncDispose]() };
}

describe('Docker', () => {
  it('runs the client against its engine', async () => {
    await using fake = await dockerOf('echo "$DOCKER_HOST $*"');
    expect(await fake.docker.run(['ps', '--all'])).toBe('unix:///run/fake.sock ps --all');
  });

  it('gives lines, empty ones left out', async () => {
    await using fake = await dockerOf(String.raw`printf 'a\n\nb\n'`);
    expect(await fake.docker.lines(['ps'])).toEqual(['a', 'b']);
    await using silent = await dockerOf(':');
    expect(await silent.docker.lines(['ps'])).toEqual([]);
  });

  it('tells whether an image is there, and asks for it by name', async () => {
    await using fake = await dockerOf('[ "$5" = reference=dualvip/probe:x ] && echo sha256:1; exit 0');
    expect(await fake.docker.imageExists('dualvip/probe:x')).toBe(true);
    expect(await fake.docker.imageExists('dualvip/probe:y')).toBe(false);
  });

  it('does not take a lost engine for "no"', async () => {
    await using fake = await dockerOf('echo "Cannot connect to the Docker daemon" >&2; exit 1');
    await expect(fake.docker.imageExists('dualvip/probe:x')).rejects.toMatchObject({
      code: 'DUALVIP_COMMAND_FAILED',
      message:
        'docker image ls --quiet --filter reference=dualvip/probe:x: exit code 1\nCannot connect to the Docker daemon',
    });
  });
});

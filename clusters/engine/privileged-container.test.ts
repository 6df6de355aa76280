import { describe, expect, it } from 'vitest';

import { HarnessError } from '../../base/errors.ts';
import { privilegedComplaint } from './privileged-container.ts';

async function complaintOf(failing: string) {
  const commands: string[] = [];
  const complaint = await privilegedComplaint({
    environment: {},
    command: (file, args) => {
      const line = [file, ...args].join(' ').replaceAll(/\S+\/dualvip-privileged-\w+/g, 'TEMP');
      commands.push(line.replaceAll(String(process.pid), 'PID'));
      return args[0] === failing
        ? Promise.reject(new HarnessError('DUALVIP_COMMAND_FAILED', 'unable to apply caps'))
        : Promise.resolve('');
    },
  });
  return { complaint, commands };
}

const COMMANDS = [
  'tar --create --file TEMP/image.tar --directory / usr/bin/tini-static',
  'docker import TEMP/image.tar dualvip/privileged-check:PID',
  'docker run --rm --privileged --network none dualvip/privileged-check:PID /usr/bin/tini-static --version',
  'docker image rm --force dualvip/privileged-check:PID',
];

describe('privilegedComplaint', () => {
  it('starts a privileged container of a program that is there, and removes its image', async () => {
    expect(await complaintOf('none')).toEqual({ complaint: undefined, commands: COMMANDS });
  });

  it("gives the engine's words, and still removes the image", async () => {
    expect(await complaintOf('run')).toEqual({ complaint: 'unable to apply caps', commands: COMMANDS });
  });

  it('is no complaint about privileges when no image can be made', async () => {
    await expect(complaintOf('import')).rejects.toThrow('unable to apply caps');
  });
});

import { describe, expect, it } from 'vitest';

import { asTyped, programName } from './typed-command.ts';

describe('programName', () => {
  it('is what npm runs where npm has started us, and else the program', () => {
    expect(programName({ npm_command: 'exec' })).toBe('npx dualvip');
    expect(programName({ npm_command: 'start' })).toBe('npx dualvip');
    expect(programName({})).toBe('dualvip');
  });
});

function typed(text: string): string {
  return asTyped(text, ['up', 'down', 'list'], 'npx dualvip');
}

describe('asTyped', () => {
  it.each([
    [
      'dualvip list clusters shows what there is; dualvip up makes one.',
      'npx dualvip list clusters shows what there is; npx dualvip up makes one.',
    ],
    ['`dualvip down --all` removes what is left', '`npx dualvip down --all` removes what is left'],
    ['  dualvip up && dualvip up --name b', '  npx dualvip up && npx dualvip up --name b'],
  ])('writes %j as it is typed', (text, expected) => {
    expect(typed(text)).toBe(expected);
  });

  it.each([
    'npx dualvip up',
    'dualvip 0.1.0 · metallb 0.16.1',
    'remove clusters of dualvip, after a crash too',
    'dualvip upgrades nothing',
    '/srv/dualvip up there',
    'label=dev.dualvip up',
  ])('leaves %j', (text) => {
    expect(typed(text)).toBe(text);
  });

  it('changes nothing where the program is in the PATH', () => {
    expect(asTyped('dualvip up', ['up'], 'dualvip')).toBe('dualvip up');
  });
});

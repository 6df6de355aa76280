import { expect, it } from 'vitest';

import { Metronome } from './metronome.ts';

it('beats again and again, until it is disposed of', async () => {
  let beats = 0;
  const metronome = await Metronome.start(1);
  await new Promise<void>((resolve) => {
    metronome.onBeat(() => (beats += 1) === 3 && resolve());
  });
  await metronome[Symbol.asyncDispose]();
  const atTheEnd = beats;
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(beats).toBe(atTheEnd);
});

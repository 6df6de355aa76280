import { describe, expect, it } from 'vitest';

import { metallbTelling } from './telling.ts';

function event(reason: string, message = 'words') {
  return { type: 'Normal', reason, message };
}

describe('metallbTelling', () => {
  it.each([
    ['IPAllocated', 'satisfied'],
    ['AdditionalAssignFailed', 'partial'],
    ['AllocationFailed', 'refused'],
    ['not enough clusterips', 'refused'],
  ])('%s is %s', (reason, said) => {
    expect(metallbTelling([event(reason)])).toEqual({ said, text: `${reason}: words` });
  });

  it('is the last word of the controller: who announces is the speaker’s', () => {
    const events = [event('AllocationFailed'), event('IPAllocated', 'Assigned IP'), event('nodeAssigned')];
    expect(metallbTelling(events)).toEqual({ said: 'satisfied', text: 'IPAllocated: Assigned IP' });
  });

  it('is nothing where nothing was told', () => {
    expect(metallbTelling([])).toBeUndefined();
    expect(metallbTelling([event('nodeAssigned')])).toBeUndefined();
  });
});

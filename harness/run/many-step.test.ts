import { describe, expect, it } from 'vitest';

import { service, step, V4, V6 } from '../judge/fake-observations.ts';
import type { Many } from '../scenario/schema.ts';
import { ManyTally } from './many-step.ts';

const MANY: Many = { services: 'web', count: 2, addresses: [{ family: 'IPv4' }, { family: 'IPv6' }] };

function web(name: string, addresses: string[] = []) {
  return service({ service: name, uid: name, addresses });
}

describe('ManyTally', () => {
  it('is complete when all Services have as many addresses as they should', () => {
    const tally = new ManyTally(MANY);
    const log = [web('web-1'), web('web-2'), step('services'), web('web-1', [V4, V6])];
    expect(tally.isComplete(log)).toBe(false);
    log.push(web('web-2', [V4]));
    expect(tally.isComplete(log)).toBe(false);
    log.push(web('web-2', [V4, V6]));
    expect(tally.isComplete(log)).toBe(true);
  });

  it('is not while there are fewer Services', () => {
    expect(new ManyTally(MANY).isComplete([web('web-1', [V4, V6])])).toBe(false);
  });

  it('does not count others', () => {
    const log = [web('web-1', [V4, V6]), web('other', [V4, V6]), web('other-2')];
    expect(new ManyTally(MANY).isComplete(log)).toBe(false);
  });

  it('is not any more when a Service loses an address or is deleted', () => {
    const tally = new ManyTally(MANY);
    const log = [web('web-1', [V4, V6]), web('web-2', [V4, V6])];
    expect(tally.isComplete(log)).toBe(true);
    log.push(web('web-1', [V4]));
    expect(tally.isComplete(log)).toBe(false);
    log.push(web('web-1', [V4, V6]), { ...web('web-2', [V4, V6]), deleted: true });
    expect(tally.isComplete(log)).toBe(false);
  });

  it('forgets one that was deleted while it waited', () => {
    const log = [web('web-3'), { ...web('web-3'), deleted: true }, web('web-1', [V4, V6])];
    log.push(web('web-2', [V4, V6]));
    expect(new ManyTally(MANY).isComplete(log)).toBe(true);
  });

  it('is complete for Services that should have none', () => {
    expect(new ManyTally({ ...MANY, addresses: [] }).isComplete([web('web-1'), web('web-2')])).toBe(true);
  });
});

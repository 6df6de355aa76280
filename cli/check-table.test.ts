import { stripVTControlCharacters } from 'node:util';

import { describe, expect, it } from 'vitest';

import type { Check } from '../clusters/engine/check.ts';
import { checkTable } from './check-table.ts';

const CHECKS: Check[] = [
  {
    id: 'engine',
    what: 'Docker engine',
    found: '26.1.5+dfsg1 at unix:///var/run/docker.sock',
    needed: '24.0 or later',
    status: 'ok',
  },
  {
    id: 'cgroup',
    what: 'cgroup version',
    found: '1',
    needed: '2',
    status: 'warn',
    fix: 'The kubelet of Kubernetes 1.35 and later refuses version 1 by default: boot with systemd.unified_cgroup_hierarchy=1.',
  },
  {
    id: 'go',
    what: 'Go',
    found: 'none',
    needed: '1.26 or later, for manifests, kind and --images source',
    status: 'fail',
    fix: 'install Go from https://go.dev/dl',
  },
];

describe('checkTable', () => {
  it('fits 100 columns, with what mends a check below it', () => {
    expect(checkTable(CHECKS, { colors: false, columns: 100 })).toMatchInlineSnapshot(`
      "STATUS  WHAT            FOUND                                  NEEDED
      ok      Docker engine   26.1.5+dfsg1 at                        24.0 or later
                              unix:///var/run/docker.sock
      warn    cgroup version  1                                      2
              fix: The kubelet of Kubernetes 1.35 and later refuses version 1 by default: boot with
                   systemd.unified_cgroup_hierarchy=1.
      fail    Go              none                                   1.26 or later, for manifests, kind
                                                                     and --images source
              fix: install Go from https://go.dev/dl"
    `);
  });

  it('fits a terminal that is narrower', () => {
    const lines = checkTable(CHECKS, { colors: false, columns: 80 }).split('\n');
    expect(lines.filter(({ length }) => length > 80)).toEqual([]);
    expect(lines.map((line) => line.trimEnd())).toEqual(lines);
  });

  it('is no wider on a wide terminal', () => {
    expect(checkTable(CHECKS, { colors: false, columns: 300 })).toBe(
      checkTable(CHECKS, { colors: false, columns: 100 }),
    );
  });

  it('fits 80 columns where nothing tells how wide the page is', () => {
    expect(checkTable(CHECKS, { colors: false })).toBe(checkTable(CHECKS, { colors: false, columns: 80 }));
  });

  it('paints the status, and moves nothing by it', () => {
    const colored = checkTable(CHECKS, { colors: true });
    expect(colored).toContain('\n\u001B[31mfail\u001B[39m    Go ');
    expect(stripVTControlCharacters(colored)).toBe(checkTable(CHECKS, { colors: false }));
  });
});

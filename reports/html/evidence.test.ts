import { mkdir, mkdtempDisposable, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { describe, expect, it } from 'vitest';

import { runWith, scenarioWith } from '../fixtures.ts';
import { readEvidence } from './evidence-files.ts';
import { linesOf } from './evidence.ts';

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

describe('linesOf', () => {
  it('reads lines, and leaves out the one that a part begins or ends in', () => {
    expect(linesOf({ content: bytes('a\nb\nc'), of: 'begin' }, false)).toEqual(['a', 'b', 'c']);
    expect(linesOf({ content: bytes('a\nb\nc'), of: 'begin' }, true)).toEqual(['a', 'b']);
    expect(linesOf({ content: bytes('a\nb\nc'), of: 'end' }, true)).toEqual(['b', 'c']);
    expect(linesOf({ content: bytes('a'), of: 'end' }, true)).toEqual(['a']);
  });

  it('writes the bytes of a line that is not UTF-8, and reads the others', () => {
    const content = Uint8Array.from([0x61, 0xff, 0x0a, ...bytes('ä')]);
    expect(linesOf({ content, of: 'begin' }, false)).toEqual(['a\\xff', 'ä']);
  });
});

describe('readEvidence', () => {
  it('reads what a page shows of files, the size of the others, and nothing outside the folder', async () => {
    await using outer = await mkdtempDisposable(path.join(tmpdir(), 'dualvip-evidence-'));
    const run = path.join(outer.path, 'run');
    const scenario = path.join(run, 'scenarios', 'c2');
    await mkdir(path.join(scenario, 'applied'), { recursive: true });
    await mkdir(path.join(scenario, 'logs'));
    await writeFile(path.join(outer.path, 'secret.log'), 'secret');
    await writeFile(path.join(scenario, 'applied', 'service.yaml'), 'kind: Service');
    await writeFile(path.join(scenario, 'capture.pcap'), 'abc');
    await writeFile(path.join(scenario, 'logs', 'long.log'), `begin\n${'x'.repeat(1 << 20)}\nend\n`);
    await symlink(path.join(outer.path, 'secret.log'), path.join(scenario, 'logs', 'link.log'));
    const names = [
      'applied/service.yaml',
      'capture.pcap',
      'logs/long.log',
      'logs/link.log',
      'logs/gone.log',
    ].map((name) => `scenarios/c2/${name}`);
    const record = runWith([
      scenarioWith('fail', {
        evidence: [...names, '../secret.log', path.join(outer.path, 'secret.log'), 'scenarios', 'a\0b.log'],
      }),
    ]);
    const files = await readEvidence(run, record);
    expect([...files].map(([name, { bytes: size, part }]) => [name, size, part?.content.length])).toEqual([
      ['scenarios/c2/applied/service.yaml', 13, 13],
      ['scenarios/c2/capture.pcap', 3, undefined],
      ['scenarios/c2/logs/long.log', (1 << 20) + 11, 512 << 10],
    ]);
    const part = files.get('scenarios/c2/logs/long.log')?.part;
    expect(part && new TextDecoder().decode(part.content).slice(-5)).toBe('\nend\n');
  });
});

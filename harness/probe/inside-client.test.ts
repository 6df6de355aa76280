import { describe, expect, it } from 'vitest';

import { probeFromInside, readCurl } from './inside-client.ts';

const where = { startedAt: 100, node: 'kind-worker' };

describe('readCurl', () => {
  it('reads every answer, and the handshake from the first', () => {
    const output =
      'web-0\u001E200 0.002500\u001E[fd00::3]:41234\u001E200 0.000000\u001E\u001F0\u001F* Connected to fd00::7';
    expect(readCurl(output, where)).toEqual({
      outcome: 'ok',
      connectedAt: 102.5,
      answers: [
        { status: 200, body: 'web-0' },
        { status: 200, body: '[fd00::3]:41234' },
      ],
    });
  });

  it.each([
    ['7', '* connect to 10.0.0.1 port 81 failed: Connection refused', 'refused', 'Connection refused'],
    ['7', '* connect to fd00::1 port 80 failed: No route to host', 'unreachable', 'No route to host'],
    [
      '28',
      'curl: (28) Connection timed out after 1001 milliseconds',
      'timeout',
      'Connection timed out after 1001 milliseconds',
    ],
    ['52', 'curl: (52) Empty reply from server', 'reset', 'Empty reply from server'],
    ['56', 'nothing that is known', 'reset', 'curl ended with 56'],
  ])('takes exit code %s with "%s" for %s', (code, said, outcome, detail) => {
    const output = `\u001E000 0.000000\u001E\u001F${code}\u001F${said}`;
    expect(readCurl(output, where)).toEqual({ outcome, detail, answers: [] });
  });

  it('is our own failure where there is no curl', () => {
    expect(() => readCurl('\u001F127\u001Fsh: 1: curl: not found', where)).toThrow(
      'no attempt could be made on kind-worker: curl ended with 127',
    );
  });
});

describe('probeFromInside', () => {
  it('connects from a pod in the network namespace that has its address, to an IPv6 address in brackets', async () => {
    const calls: (readonly string[])[] = [];
    const docker = {
      run: (args: readonly string[]) => {
        calls.push(args);
        return Promise.resolve('web-0\u001E200 0.001\u001E10.244.1.2:5\u001E200 0\u001E\u001F0\u001F');
      },
    };
    const target = { protocol: 'http', address: 'fd00::7', port: 80, timeoutMs: 1500 } as const;
    const result = await probeFromInside(docker, { node: 'kind-worker', pod: '10.244.1.9' }, target);
    expect(result).toMatchObject({ outcome: 'ok', backend: 'web-0', source: '10.244.1.2', family: 'IPv6' });
    const [exec, node, , , script, , ...command] = calls[0] ?? [];
    expect([exec, node]).toEqual(['exec', 'kind-worker']);
    expect(script).toContain('ip -oneline address show to 10.244.1.9');
    expect(command.join(' ')).toContain('--max-time 1.5');
    expect(command.slice(-2)).toEqual(['http://[fd00::7]:80/hostname', 'http://[fd00::7]:80/clientip']);
  });
});

import { spawn, type ChildProcess } from 'node:child_process';

import { PcapStream } from './pcap.ts';

export interface TcpdumpOptions {
  device: string;
  /** In pcap-filter(7)'s language. */
  filter: string;
  /** Of a frame, so many bytes are kept. */
  snapLength: number;
  /** True: each packet at once. False: a block of them once a second, which costs next to nothing. */
  immediate: boolean;
  /** Whole records. */
  onRecords: (records: Buffer) => void;
  /** When it ends, or writes what is no capture. */
  onEnd: (reason: string) => void;
}

export interface Tcpdump extends Disposable {
  /** Makes it write what it holds back, of what the kernel has handed to it. */
  flush(): void;
}

/** It says so within milliseconds; a machine that starts a cluster is busy. */
const START_MS = 10_000;
const SAID_BYTES = 1_000;

/** Starts tcpdump and resolves when it listens. @throws Error with what it said */
export async function startTcpdump(options: TcpdumpOptions): Promise<Tcpdump> {
  const { device, filter, snapLength, immediate, onRecords, onEnd } = options;
  const args = [
    ...['-i', device, '-n', '-s', String(snapLength), '-w', '-'],
    // What the client's own kernel takes, and no more.
    '-p',
    // Of its own user it has no need: it is alone in its container.
    ...['-Z', 'root'],
    ...(immediate ? ['--immediate-mode', '-U'] : []),
    filter,
  ];
  const child = spawn('tcpdump', args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const kill = () => void child.kill('SIGKILL');
  process.on('exit', kill);
  const stream = new PcapStream(onRecords);
  child.stdout.on('data', (chunk: Buffer) => {
    try {
      stream.push(chunk);
    } catch (error) {
      onEnd(error instanceof Error ? error.message : String(error));
      kill();
    }
  });
  await listening(child, onEnd);
  return {
    flush: () => void child.kill('SIGUSR2'),
    [Symbol.dispose]() {
      process.off('exit', kill);
      kill();
    },
  };
}

/** Its first words on standard error are that it listens; anything else ends it. */
async function listening(child: ChildProcess, onEnd: (reason: string) => void): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let said = '';
  const end = (how: string) => {
    const reason = `tcpdump ${how}${said ? `: ${said.trim()}` : ''}`;
    reject(new Error(reason));
    onEnd(reason);
  };
  child.on('error', (error) => end(`could not be started: ${error.message}`));
  child.on('close', (code, signal) => end(`ended with ${code ?? signal}`));
  child.stderr?.on('data', (chunk) => {
    said = `${said}${String(chunk)}`.slice(-SAID_BYTES);
    if (/^(?:tcpdump: )?listening on /m.test(said)) resolve();
  });
  const timer = setTimeout(() => end('has not begun to listen'), START_MS);
  try {
    await promise;
  } finally {
    clearTimeout(timer);
  }
}

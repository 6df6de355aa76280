import type { Docker } from './docker.ts';

/** What a cluster costs now. */
export interface NodeLoad {
  memoryBytes: number;
  /** In processors: 1 is one that does nothing else. */
  processors: number;
}

const UNITS: Readonly<Record<string, number>> = {
  B: 1,
  KiB: 1024,
  MiB: 1024 ** 2,
  GiB: 1024 ** 3,
  TiB: 1024 ** 4,
};

/** Of these containers together; takes two seconds, in which the engine measures. */
export async function nodeLoad(
  docker: Pick<Docker, 'lines'>,
  containers: readonly string[],
): Promise<NodeLoad> {
  if (containers.length === 0) return { memoryBytes: 0, processors: 0 };
  const format = '{{.MemUsage}}\t{{.CPUPerc}}';
  const lines = await docker.lines(['stats', '--no-stream', '--format', format, ...containers]);
  const loads = lines.map(parseLoad);
  return {
    memoryBytes: loads.reduce((sum, one) => sum + one.memoryBytes, 0),
    processors: Math.round(loads.reduce((sum, one) => sum + one.processors, 0) * 100) / 100,
  };
}

/** `440.1MiB / 23.4GiB`, a tab, `12.34%`; what the engine does not tell is 0. */
export function parseLoad(line: string): NodeLoad {
  const [, amount = '0', unit = 'B', percent = '0'] = /^([\d.]+)([KMGT]?i?B).*?\t([\d.]+)%/.exec(line) ?? [];
  return { memoryBytes: Math.round(Number(amount) * (UNITS[unit] ?? 0)), processors: Number(percent) / 100 };
}

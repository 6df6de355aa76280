/**
 * How likely it is that two samples differ as much as they do by chance alone (H. B. Mann and D. R. Whitney, 1947),
 * both ways. Ranks, not means: one straggler decides nothing, and times are not distributed normally. By the normal
 * approximation, with corrections for ties and continuity; below 8 values on a side it is exact where there are no
 * ties.
 */
export function mannWhitney(a: readonly number[], b: readonly number[]): number {
  if (a.length === 0 || b.length === 0) return 1;
  const { rankSum, ties } = ranked(a, b);
  const u = rankSum - (a.length * (a.length + 1)) / 2;
  const smaller = Math.min(u, a.length * b.length - u);
  return ties === 0 && Math.min(a.length, b.length) < 8 && a.length + b.length <= 60
    ? exact(smaller, a.length, b.length)
    : approximate(smaller, { m: a.length, n: b.length, ties });
}

/** The sum of the ranks of `a` among all; equal values share the mean of their ranks. `ties`: Σ(t³ − t). */
function ranked(a: readonly number[], b: readonly number[]): { rankSum: number; ties: number } {
  const all = [...a.map((value) => ({ value, own: 1 })), ...b.map((value) => ({ value, own: 0 }))];
  all.sort((x, y) => x.value - y.value);
  let [rankSum, ties, start] = [0, 0, 0];
  while (start < all.length) {
    let end = start;
    let own = 0;
    while (end < all.length && all[end]?.value === all[start]?.value) {
      own += all[end]?.own ?? 0;
      end += 1;
    }
    const size = end - start;
    rankSum += own * ((start + 1 + end) / 2);
    ties += size ** 3 - size;
    start = end;
  }
  return { rankSum, ties };
}

/** Counts in how many of all orders U is as small or smaller: partitions of u into at most m parts up to n. */
function exact(u: number, m: number, n: number): number {
  const most = m * n;
  // ways[k][s]: how often k values of a, put among those of b, have U = s.
  let ways: number[][] = Array.from({ length: m + 1 }, (_, k) => (k === 0 ? [1] : []));
  for (let j = 1; j <= n + m; j += 1) {
    const next = ways.map((row) => [...row]);
    for (let k = 1; k <= Math.min(m, j); k += 1) {
      // The j-th of all is the k-th of a: j − k of b are before it.
      for (const [sum, count] of (ways[k - 1] ?? []).entries()) {
        const target = sum + (j - k);
        if (j - k > n || target > most) continue;
        const row = (next[k] ??= []);
        row[target] = (row[target] ?? 0) + (count ?? 0);
      }
    }
    ways = next;
  }
  const counts = Array.from({ length: most + 1 }, (_, sum) => ways[m]?.[sum] ?? 0);
  const total = counts.reduce((sum, count) => sum + count, 0);
  const below = counts.slice(0, Math.floor(u) + 1).reduce((sum, count) => sum + count, 0);
  return Math.min(1, (2 * below) / total);
}

function approximate(u: number, { m, n, ties }: { m: number; n: number; ties: number }): number {
  const size = m + n;
  const variance = ((m * n) / 12) * (size + 1 - ties / (size * (size - 1)));
  if (variance <= 0) return 1;
  const z = Math.max(0, (m * n) / 2 - u - 0.5) / Math.sqrt(variance);
  return Math.min(1, 2 * upperTail(z));
}

/** Of the standard normal distribution, by Abramowitz and Stegun 26.2.17: exact to 7.5e-8. */
function upperTail(z: number): number {
  const t = 1 / (1 + 0.2316419 * z);
  const sum =
    t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return (sum * Math.exp((-z * z) / 2)) / Math.sqrt(2 * Math.PI);
}

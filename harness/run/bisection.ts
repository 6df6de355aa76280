export interface BisectionOptions {
  /** From the good one to the bad one, oldest or newest first. */
  versions: readonly string[];
  /** Whether a case is as at the good version there; undefined: no verdict can be had. */
  isGood: (version: string) => Promise<boolean | undefined>;
}

export interface Bisection {
  /** What was found at each version that was looked at; undefined: nothing could be said. */
  seen: ReadonlyMap<string, boolean | undefined>;
  /** The first version that is as the bad one. Left out where the ends are the same. */
  first?: string;
  /** The versions between the last good one and `first` of which nothing could be said: it may be one of them. */
  unsure: string[];
}

/**
 * Halves the versions between one that is good and one that is bad until they are next to each other. The ends are
 * looked at first: whoever says that they differ may be wrong. Of one without a verdict, its neighbours are asked.
 */
export async function bisect({ versions, isGood }: BisectionOptions): Promise<Bisection> {
  const seen = new Map<string, boolean | undefined>();
  const ask = async (index: number) => {
    const version = versions[index] ?? '';
    if (!seen.has(version)) seen.set(version, await isGood(version));
    return seen.get(version);
  };
  let [good, bad] = [0, versions.length - 1];
  if ((await ask(good)) !== true || (await ask(bad)) !== false) return { seen, unsure: [] };
  while (bad - good > 1) {
    // From the middle outwards.
    const middle = Math.floor((good + bad) / 2);
    const between = Array.from({ length: bad - good - 1 }, (_, offset) => good + 1 + offset).toSorted(
      (a, b) => Math.abs(a - middle) - Math.abs(b - middle),
    );
    let isNarrower = false;
    for (const index of between) {
      const answer = await ask(index);
      if (answer === undefined) continue;
      if (answer) good = index;
      else bad = index;
      isNarrower = true;
      break;
    }
    if (!isNarrower) break;
  }
  const first = versions[bad];
  return { seen, ...(first === undefined ? {} : { first }), unsure: versions.slice(good + 1, bad) };
}

/** `#1156` for an issue or pull request; with the repository where two have the same number; else the host. */
export function upstreamLabels(
  deviations: readonly { upstream: readonly string[] }[],
): ReadonlyMap<string, string> {
  const urls = [...new Set(deviations.flatMap(({ upstream }) => upstream))];
  const short = urls.map((url) => numberOf(url) ?? new URL(url).host);
  return new Map(
    urls.map((url, index) => {
      const label = short[index] ?? url;
      const same = short.filter((one) => one === label).length > 1;
      const nth = short.slice(0, index).filter((one) => one === label).length + 1;
      const repository = /^https:\/\/github\.com\/([^/]+\/[^/]+)/.exec(url)?.[1];
      return [url, same ? (repository ? `${repository}${label}` : `${label} ${nth}`) : label] as const;
    }),
  );
}

function numberOf(url: string): string | undefined {
  const number = /^https:\/\/github\.com\/[^/]+\/[^/]+\/(?:issues|pull)\/(\d+)/.exec(url)?.[1];
  return number === undefined ? undefined : `#${number}`;
}

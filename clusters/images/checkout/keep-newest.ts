import { readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';

/** Removes all but the entries of a folder that were used last, of those that are meant. */
export async function keepNewest(
  folder: string,
  count: number,
  isMeant: (name: string) => boolean,
): Promise<void> {
  const names = (await readdir(folder).catch(() => [])).filter(isMeant);
  const entries = await Promise.all(
    names.map(async (name) => {
      const used = await stat(path.join(folder, name)).catch(() => undefined);
      return { name, at: used?.mtimeMs ?? 0 };
    }),
  );
  const old = entries.toSorted((a, b) => b.at - a.at).slice(count);
  await Promise.all(old.map(({ name }) => rm(path.join(folder, name), { recursive: true, force: true })));
}

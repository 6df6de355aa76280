import { z } from 'zod';

import { RECORD_VERSION } from './record.ts';

/** A record of any version, before it was checked. */
type Loose = Readonly<Record<string, unknown>>;

interface Migration {
  from: string;
  to: string;
  /** What `to` asks for beyond `from`. It is given what claims to be a record, and may be none. */
  migrate: (record: Loose) => Loose;
}

/** From the oldest version that can be read to the one that is written now, each to the next. */
const MIGRATIONS: readonly Migration[] = [
  { from: 'dualvip/run/v1', to: 'dualvip/run/v2', migrate: withApiTimes },
];

/** Every version that can be read, the oldest first. */
export const READABLE_VERSIONS: readonly string[] = [...MIGRATIONS.map(({ from }) => from), RECORD_VERSION];

/**
 * A record of an older version as one of today's; `writtenAs` keeps what it was. Everything else is given back as
 * it is, also what is no record.
 */
export function migrated(data: unknown): unknown {
  const head = headSchema.safeParse(data);
  if (!head.success || head.data.version === RECORD_VERSION) return data;
  let record: Loose = head.data;
  for (const { from, to, migrate } of MIGRATIONS) {
    if (record['version'] === from) record = { ...migrate(record), version: to };
  }
  return record['version'] === RECORD_VERSION ? { ...record, writtenAs: head.data.version } : data;
}

const headSchema = z.looseObject({ version: z.string() });

const listSchema = z.array(z.unknown());
const timedSchema = z.looseObject({ timing: z.looseObject({}) });

/** v1 began without `timing.apiMs`: the API server's answers were part of the harness's own time. */
function withApiTimes(record: Loose): Loose {
  const scenarios = listSchema.safeParse(record['scenarios']);
  if (!scenarios.success) return record;
  return {
    ...record,
    scenarios: scenarios.data.map((scenario) => {
      const timed = timedSchema.safeParse(scenario);
      return timed.success ? { ...timed.data, timing: { apiMs: 0, ...timed.data.timing } } : scenario;
    }),
  };
}

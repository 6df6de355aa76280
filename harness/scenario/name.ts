import type { Scenario } from './schema.ts';

/** What `-t` is matched against, and what Vitest calls the scenario's test: `CLAIM ID: TITLE`. */
export function scenarioName({ claim, id, title }: Pick<Scenario, 'claim' | 'id' | 'title'>): string {
  return [claim, `${id}:`, title].filter(Boolean).join(' ');
}

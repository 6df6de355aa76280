import path from 'node:path';

import { expect, it } from 'vitest';

import { PROJECT_ROOT } from '../../base/folders.ts';
import { scenarioRecordSchema } from '../../reports/record/record.ts';
import { loadScenario } from '../scenario/load.ts';
import { errorRecord } from './error-record.ts';

it('is a record of a scenario that says why there is no verdict', async () => {
  const scenario = await loadScenario(path.join(PROJECT_ROOT, 'scenarios/c2-dual-pool'));
  const record = errorRecord(scenario, { reason: 'the cluster is gone', attempt: 2, startedAt: 10 });
  expect(scenarioRecordSchema.parse(record)).toMatchObject({
    id: 'c2-dual-pool',
    claim: 'C2',
    verdict: { pair: 'error', IPv4: 'error', IPv6: 'error' },
    reason: 'the cluster is gone',
    attempt: 2,
  });
});

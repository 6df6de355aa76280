import { expect, it } from 'vitest';

import type { FactsClient } from '../../clusters/implementations/facts.ts';
import { warmUp } from './warm-up.ts';

const signal = new AbortController().signal;

async function facts(client: FactsClient): Promise<never> {
  await client.list({ apiVersion: 'metallb.io/v1beta1', kind: 'IPAddressPool' });
  throw new Error('the list was had');
}

/** An API that answers nothing, and notes for which kinds it was asked. */
function deafApi() {
  const asked: string[] = [];
  const no = ({ kind }: { kind: string }) => {
    asked.push(kind);
    return Promise.reject(new Error('the API server is overloaded'));
  };
  return { asked, client: { list: no, isServed: no } };
}

it('asks for all that is read later, and what fails of it keeps no run from beginning', async () => {
  const { asked, client } = deafApi();
  await expect(warmUp(client, { facts }, signal)).resolves.toBeUndefined();
  expect(asked).toEqual(['IPAddressPool', 'Deployment', 'EndpointSlice', 'ServiceCIDR']);
});

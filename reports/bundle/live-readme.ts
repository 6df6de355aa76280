export interface LiveReadmeOptions {
  scenario: { id: string; notes: readonly string[] };
  facts: { name: string; version?: string | undefined; mode?: string | undefined };
  expected: 'asked' | 'seen';
  left: readonly string[];
}

/** For whoever gets the bundle of a live Service. */
export function renderLiveReadme({ scenario, facts, expected, left }: LiveReadmeOptions): string {
  const { name, version, mode } = facts;
  const what = [name, version ?? '', mode === undefined ? '' : `(${mode} mode)`].filter(Boolean).join(' ');
  return [
    `# A live Service of ${what}, and a test that is made of it`,
    '',
    '- `diagnosis.txt`: the addresses that the Service had and lacked, and why, as far as the API tells.',
    '- `state/`: the Service, its events and endpoints, pools, advertisements, who announces, and logs, as they were.',
    `- \`scenarios/${scenario.id}/\`: a scenario for dualvip with pools of the same shape and the same spec. Addresses are those of the cluster that it runs on; the backend is one that answers any request.`,
    '',
    expected === 'asked'
      ? 'It expects what the Service asks for: it fails for as long as that is not what a Service gets, and says what it got instead.'
      : 'It expects what the Service had when this was made: it passes for as long as a Service gets just that.',
    '',
    '```sh',
    `dualvip run --scenarios scenarios -t ${scenario.id}`,
    '```',
    ...(scenario.notes.length === 0 ? [] : ['', 'Not as it was:', '', ...list(scenario.notes)]),
    '',
    'Passwords, tokens, keys, data of Secrets, and the names of user and machine were taken out (`REDACTED`).',
    ...(left.length === 0 ? [] : ['', 'Left out for its size:', '', ...list(left)]),
    '',
  ].join('\n');
}

function list(items: readonly string[]): string[] {
  return items.map((one) => `- ${one}`);
}

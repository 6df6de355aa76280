import { array, assert, integer, property } from 'fast-check';
import { describe, expect, it } from 'vitest';

import { eventObserved, runWith, scenarioWith, serviceObserved } from '../fixtures.ts';
import { printable } from '../printable.ts';
import { VERDICTS, type RunRecord } from '../record/record.ts';
import type { EvidenceFile } from './evidence.ts';
import { markup } from './markup.ts';
import { renderReport } from './report.ts';
import type { ReportedRun } from './reported-run.ts';

function reported(record: RunRecord, change: Partial<ReportedRun> = {}): ReportedRun {
  return { record, damage: [], folder: '', evidence: new Map(), ...change };
}

/** Without style, script and their hashes, which say nothing of the run. */
function content(...runs: readonly ReportedRun[]): string {
  return renderReport(runs)
    .replace(/<style>.*?<\/style>/s, '')
    .replace(/<script>.*?<\/script>/s, '')
    .replace(/<meta http-equiv.*?>\n/, '');
}

function fileOf(text: string | Uint8Array, of: 'begin' | 'end' = 'begin'): EvidenceFile {
  const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text;
  return { bytes: bytes.length, part: { content: bytes, of } };
}

const evidence = new Map([
  ['scenarios/c6-separate-pools-are-served/applied/service.yaml', fileOf('kind: Service\n')],
  ['scenarios/c6-separate-pools-are-served/metallb/controller.log', fileOf('')],
]);

describe('renderReport', () => {
  it('tells a run with every verdict', async () => {
    await expect(content(reported(runWith(), { evidence }))).toMatchFileSnapshot('golden/every-verdict.html');
  });

  it.each(VERDICTS)('tells a scenario with the verdict %s', async (verdict) => {
    const page = content(reported(runWith([scenarioWith(verdict)])));
    const section = /<details class="case".*?\n<\/div><\/details>/s.exec(page)?.[0];
    await expect(section).toMatchFileSnapshot(`golden/case-${verdict}.html`);
  });

  it('puts runs side by side, and marks what differs', async () => {
    const older = runWith([scenarioWith('pass'), scenarioWith('unsupported')], { id: 'older', exitCode: 0 });
    const newer = runWith([scenarioWith('pass', { verdict: scenarioWith('fail').verdict })], { id: 'newer' });
    await expect(content(reported(older, { folder: '../older' }), reported(newer))).toMatchFileSnapshot(
      'golden/two-runs.html',
    );
  });

  it('says first that nothing differs, and shows no list of it', () => {
    const page = content(reported(runWith([scenarioWith('pass')], { exitCode: 0 })));
    expect(page).toContain('<h1>Nothing differs from what is known of metallb 0.15.2 (native)</h1>');
    expect(page).toContain('<title>✓ metallb 0.15.2 · dualvip</title>');
    expect(page).not.toContain('id="news"');
  });

  it('tells a run without a scenario, and one that was interrupted', () => {
    const page = content(
      reported(runWith([], { interrupted: 'interrupted by SIGINT, after 0 of 3 scenarios' })),
    );
    expect(page).toContain('The run did not end: interrupted by SIGINT, after 0 of 3 scenarios');
  });

  it('says what of a damaged record is missing', () => {
    const page = content(reported(runWith(), { damage: ['scenarios[3] (c9): left out'] }));
    expect(page).toContain('<li>scenarios[3] (c9): left out</ul>');
  });

  it('is the same for the same record', () => {
    expect(renderReport([reported(runWith())])).toBe(renderReport([reported(runWith())]));
  });

  it('loads nothing, and lets nothing run but its own script', () => {
    const page = renderReport([reported(runWith())]);
    expect(page).toMatch(
      /content="default-src 'none'; style-src 'sha256-[^']+'; script-src 'sha256-[^']+'; base-uri 'none'; form-action 'none'"/,
    );
    expect(page).not.toMatch(/<(?:link|img|iframe|object|embed)\b|\ssrc=|\sstyle=|@import|url\(/);
  });
});

const HOSTILE = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "' onmouseover='alert(1)",
  '</style></title></svg><script>alert(1)//',
  '\u001b[31mred\u001b[0m',
  '\u202Eevil\u2066',
  '\uD800 alone',
  'a\0b\r\nc',
  '{{constructor}}${1}',
];

/** Controls and what turns text around; a page has lines, and nothing else of it. */
const UNREADABLE = /(?!\n)[\p{Cc}\p{Cs}\u202a-\u202e\u2066-\u2069]/u;

describe('a hostile record', () => {
  it.each(HOSTILE)('is text, wherever it says %j', (text) => {
    const page = content(reported(hostile(text), { damage: [text] }));
    expect(page).toContain(markup`${printable(text)}`.text);
    expect(page).not.toMatch(UNREADABLE);
    expect(tagsOf(page)).toEqual(tagsOf(content(reported(hostile('x'), { damage: ['x'] }))));
  });

  it('is text, whatever it says', () => {
    const tags = tagsOf(content(reported(hostile('x')))).join('');
    assert(
      property(array(integer({ min: 0, max: 0x10ffff }), { maxLength: 40 }), (points) => {
        const text = `:${String.fromCodePoint(...points)}`;
        expect(tagsOf(content(reported(hostile(text)))).join('')).toBe(tags);
      }),
      { numRuns: 10 },
    );
  });

  it('has no link but to the web and into its own folder', () => {
    const page = content(reported(hostile('javascript:alert(1)')));
    expect(page).not.toContain('href="javascript');
    const outside = scenarioWith('fail', { evidence: ['../../etc/passwd', '/etc/passwd', 'a\\..\\b'] });
    const files = content(reported(runWith([outside])));
    expect(files).toContain('../../etc/passwd (not a file of this run)');
    expect(files).not.toMatch(/href="[^"#]*passwd/);
  });

  it.each(HOSTILE)('is text where a file is named %j', (text) => {
    const name = `scenarios/c/applied/${text}`;
    const scenario = scenarioWith('fail', { evidence: [name] });
    const files = new Map([[name, fileOf(text)]]);
    const page = content(reported(runWith([scenario]), { evidence: files }));
    expect(page).not.toMatch(/<(?:script|img)/);
    expect(page).not.toMatch(UNREADABLE);
  });

  it('is cut where it is too long, with how much', () => {
    const text = 'x'.repeat(10_000_000);
    const page = content(reported(hostile(text)));
    expect(page.length).toBeLessThan(200_000);
    expect(page).toContain('… (cut: 9,998,000 more characters in the record)');
  });

  it('is cut where it has too many entries, with how many', () => {
    const observations = Array.from({ length: 5_000 }, (_, index) =>
      eventObserved({ at: 1000 + index, message: `number ${index}` }),
    );
    const page = content(reported(runWith([scenarioWith('fail', { observations })])));
    expect(page).toContain('4,400 more entries in run.json: they are cut here.');
    expect(page).toContain('number 0 ');
  });

  it('keeps every status where alarming lines of a log are too many', () => {
    const name = 'scenarios/c6-separate-pools-are-served/logs/speaker-x.log';
    const log = Array.from({ length: 700 }, (_, index) => {
      const at = new Date(Date.parse('2026-11-23T01:45:01.200Z') + index).toISOString();
      return `{"ts":"${at}","level":"error","msg":"line ${index}"}`;
    });
    const observations = [
      ...scenarioWith('fail').observations,
      serviceObserved({ at: 2500, addresses: ['172.18.255.9'] }),
    ];
    const scenario = scenarioWith('fail', { observations, evidence: [name] });
    const files = new Map([[name, fileOf(log.join('\n'), 'end')]]);
    const page = content(reported(runWith([scenario]), { evidence: files }));
    expect(page).toContain('line 0<');
    expect(page).toContain('<td>status<td>web-frontend: 172.18.255.9');
    expect(page).toMatch(/\d+ more entries in run\.json: they are cut here\./);
  });

  it('shows of a log of 10 MB what is about the scenario, and of no UTF-8 the bytes', () => {
    const name = 'scenarios/c6-separate-pools-are-served/logs/speaker-x.log';
    const stamp = '{"ts":"2026-11-23T01:45:02Z","level":"info","msg":';
    const noise = `${stamp}"nothing about it"}\n`.repeat(20);
    const lines = `${noise}${stamp}"<b>web-frontend</b>"}\n${stamp}"web-frontend \u001b[1m"}\n`;
    const broken = Buffer.concat([
      Buffer.from(`${stamp}"web-frontend `),
      Buffer.from([0xff, 0xc0]),
      Buffer.from('"}\n'),
    ]);
    const part = { content: Buffer.concat([Buffer.from(lines), broken]), of: 'end' as const };
    const files = new Map([[name, { bytes: 10_000_000, part }]]);
    const scenario = scenarioWith('fail', { evidence: [name] });
    const page = content(reported(runWith([scenario]), { evidence: files }));
    expect(page).toContain('speaker-x: &lt;b&gt;web-frontend&lt;/b&gt;<');
    expect(page).toContain('web-frontend \\x1b[1m');
    expect(page).toContain('19 lines of logs from this time are not about these Services');
    expect(page).toContain('9.5 MiB');
    expect(page).toContain('web-frontend \\xff\\xc0');
  });
});

/** A run in which everybody who could says the same. */
function hostile(text: string): RunRecord {
  const scenario = scenarioWith('fail', {
    title: text,
    claim: text,
    reason: text,
    checks: [{ step: text, subject: 'IPv4', ok: false, expected: text, observed: text }],
    deviation: { summary: text, versions: text, upstream: [text] },
    observations: [
      eventObserved({ at: 1100, message: text, reason: text, source: text, service: text }),
      {
        kind: 'diagnosis',
        at: 1200,
        step: 'assigned',
        service: text,
        findings: [{ cause: 'unexplained', text, fix: text, evidence: [text] }],
      },
    ],
    evidence: [],
  });
  return runWith([scenario], {
    id: text,
    command: [text],
    interrupted: text,
    implementation: { name: text, version: text, mode: text },
  });
}

/** Every tag with the names of its attributes: what a record says is in their values and between them. */
function tagsOf(page: string): string[] {
  return [...page.matchAll(/<[^>]*>/g)].map(([tag]) => tag.replaceAll(/="[^"]*"/g, ''));
}

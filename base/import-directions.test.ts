import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';

import { run } from './command.ts';
import { PROJECT_ROOT } from './folders.ts';

/** An import of `to`, a path from the root of the checkout, in a file of `from`, and whether the rules take it. */
interface Import {
  from: string;
  to: string;
  allowed: boolean;
}

const allowed = (from: string, ...to: string[]) =>
  to.map((one): Import => ({ from, to: one, allowed: true }));
const forbidden = (from: string, ...to: string[]) =>
  to.map((one): Import => ({ from, to: one, allowed: false }));

const IMPORTS: Import[] = [
  ...allowed('base', 'base/x.ts'),
  ...forbidden('base', 'clusters/x.ts', 'clusters/a/x.ts', 'harness/x.ts', 'reports/record/x.ts', 'cli/x.ts'),
  ...allowed('clusters', 'clusters/a/x.ts', 'base/x.ts'),
  ...forbidden('clusters', 'harness/x.ts', 'reports/x.ts', 'reports/record/x.ts', 'cli/x.ts'),
  ...allowed('clusters/images/source', 'clusters/x.ts', 'base/x.ts'),
  ...forbidden('clusters/images/source', 'harness/a/x.ts', 'reports/record/x.ts', 'cli/x.ts'),
  ...allowed('harness', 'harness/a/x.ts', 'clusters/a/x.ts', 'base/x.ts', 'reports/record/x.ts'),
  ...forbidden(
    'harness',
    'reports/x.ts',
    'reports/html/x.ts',
    'reports/record.ts',
    'reports/records/x.ts',
    'cli/x.ts',
  ),
  ...allowed('harness/probe/agent', 'clusters/x.ts', 'base/x.ts', 'reports/record/x.ts'),
  ...forbidden('harness/probe/agent', 'reports/x.ts', 'reports/html/x.ts', 'cli/a/x.ts'),
  ...allowed('reports', 'reports/html/x.ts', 'reports/record/x.ts', 'base/x.ts'),
  ...forbidden('reports', 'clusters/x.ts', 'harness/x.ts', 'cli/x.ts'),
  ...allowed('reports/record', 'base/x.ts'),
  ...forbidden('reports/record', 'clusters/x.ts', 'harness/judge/x.ts', 'cli/x.ts'),
  ...['cli', 'e2e', 'bench'].flatMap((from) =>
    allowed(from, 'base/x.ts', 'clusters/x.ts', 'harness/x.ts', 'reports/x.ts', 'reports/record/x.ts'),
  ),
];

/** oxlint's answer, as far as it is read (`--format=json`). */
const reportSchema = z.object({
  diagnostics: z.array(z.object({ code: z.string(), filename: z.string(), message: z.string() })),
  number_of_files: z.number(),
});

/** Each import in a file of its own, in a tree with the layers' names: overrides of the rules go by path. */
let folder: string;
let reported: Set<string>;

const fileOf = ({ from, to }: Import) => path.join(from, `imports-${to.replaceAll('/', '-')}`);

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'dualvip-imports-'));
  await copyFile(path.join(PROJECT_ROOT, '.oxlintrc.json'), path.join(folder, '.oxlintrc.json'));
  for (const one of IMPORTS) {
    const file = path.join(folder, fileOf(one));
    await mkdir(path.dirname(file), { recursive: true });
    const specifier = path.relative(path.dirname(file), path.join(folder, one.to));
    const relative = specifier.startsWith('.') ? specifier : `./${specifier}`;
    await writeFile(file, `import { x } from '${relative}';\n\nexport const y = x;\n`);
  }
  // Only the one rule may fail the run: a second complaint would hide that the first is gone.
  const oxlint = path.join(PROJECT_ROOT, 'node_modules/.bin/oxlint');
  const options = { cwd: folder, env: { PATH: `${path.dirname(process.execPath)}:${process.env['PATH']}` } };
  const output = await run('sh', ['-c', `"$0" --format=json . || test $? = 1`, oxlint], options);
  const report = reportSchema.parse(JSON.parse(output));
  expect(report.number_of_files).toBe(IMPORTS.length);
  expect(new Set(report.diagnostics.map(({ code }) => code))).toEqual(
    new Set(['eslint(no-restricted-imports)']),
  );
  reported = new Set(report.diagnostics.map(({ filename }) => filename));
}, 180_000);
afterAll(() => rm(folder, { recursive: true }));

describe('import directions', () => {
  it.each(IMPORTS)('$from may import $to: $allowed', (one) => {
    expect(reported.has(fileOf(one))).toBe(!one.allowed);
  });
});

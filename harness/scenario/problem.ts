import { UsageError } from '../../base/errors.ts';
import { suggestionFor } from './suggestion.ts';

export type Path = readonly PropertyKey[];

/** Something that the author of a scenario must mend. Line and column count from 1. */
export interface Problem {
  /** As the user would type it. */
  file: string;
  line: number;
  column: number;
  /** Where in the document, as in `steps[0].expect`; empty for the whole file. */
  path: string;
  message: string;
}

/** `steps[0].expect.addresses[1].pool` */
export function formatPath(path: Path): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === 'number') return `${text}[${key}]`;
    return text ? `${text}.${String(key)}` : String(key);
  }, '');
}

/** ` (did you mean "x"?)`, or nothing. */
export function didYouMean(word: string, candidates: Iterable<string>): string {
  const suggestion = suggestionFor(word, candidates);
  return suggestion === undefined ? '' : ` (did you mean "${suggestion}"?)`;
}

/** `no pool "ipv6-pol" (did you mean "ipv6-pool"?)`; without a near one, it tells all. */
export function unknownName(what: string, word: string, known: Iterable<string>): string {
  const candidates = [...known];
  const all = ` (known: ${candidates.join(', ') || 'none'})`;
  return `no ${what} "${word}"${didYouMean(word, candidates) || all}`;
}

/** All problems as one error, in the order of the files' lines. */
export function scenarioInvalid(problems: readonly Problem[]): UsageError {
  const lines = problems
    .toSorted((a, b) => a.file.localeCompare(b.file) || a.line - b.line || a.column - b.column)
    .map(({ file, line, column, path, message }) => {
      return `${file}:${line}:${column}: ${path ? `${path}: ` : ''}${message}`;
    });
  return new UsageError('DUALVIP_SCENARIO_INVALID', lines.join('\n'), {
    hint: 'docs/scenarios.md tells what each key means.',
  });
}

import { codeSpan, prose } from '../unreported/markdown.ts';
import { markdownTable } from './markdown-table.ts';
import type { Profile, ProfileFeature } from './profile.ts';

/** The profile for people: for each level, what its features mean and what proves them. */
export function profileTable({ features }: Profile): string {
  const table = (level: ProfileFeature['level']) =>
    markdownTable(
      ['feature', 'what holds where it is supported', 'proven by'],
      features
        .filter((one) => one.level === level)
        .map(({ name, title, meaning, scenarios }) => [
          `${codeSpan(name)}<br>${prose(title)}`,
          prose(meaning),
          scenarios.map(codeSpan).join(', '),
        ]),
    );
  return ['### Core', table('core'), '### Extended', table('extended')].join('\n\n');
}

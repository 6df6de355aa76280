import { codeSpan, prose } from '../unreported/markdown.ts';
import { markdownTable } from './markdown-table.ts';
import type { Profile, ProfileFeature } from './profile.ts';

/** The profile for people: for each level, what its features mean and what proves them. */
export function profileTable({ features }: Profile): string {
  const implementation = features.filter(({ of }) => of === 'implementation');
  const level = (name: ProfileFeature['level']) => implementation.filter((one) => one.level === name);
  const harness = features.filter(({ of }) => of === 'harness');
  return [
    ...['### Core', table(level('core')), '### Extended', table(level('extended'))],
    ...(harness.length === 0 ? [] : ['### Of the harness itself', table(harness)]),
  ].join('\n\n');
}

function table(features: readonly ProfileFeature[]): string {
  return markdownTable(
    ['feature', 'what holds where it is supported', 'proven by'],
    features.map(({ name, title, meaning, scenarios }) => [
      `${codeSpan(name)}<br>${prose(title)}`,
      prose(meaning),
      scenarios.map(codeSpan).join(', '),
    ]),
  );
}

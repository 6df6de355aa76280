import { z } from 'zod';

/** https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/label-selector/ */
export const labelSelectorSchema = z.object({
  matchLabels: z.record(z.string(), z.string()).optional(),
  matchExpressions: z
    .array(
      z.object({
        key: z.string(),
        operator: z.enum(['In', 'NotIn', 'Exists', 'DoesNotExist']),
        values: z.array(z.string()).optional(),
      }),
    )
    .optional(),
});
export type LabelSelector = z.infer<typeof labelSelectorSchema>;

export type Labels = Readonly<Record<string, string>>;

type Operator = NonNullable<LabelSelector['matchExpressions']>[number]['operator'];

interface Meaning {
  holds: (value: string | undefined, values: readonly string[]) => boolean;
  text: (key: string, values: readonly string[]) => string;
}

const OPERATORS: Readonly<Record<Operator, Meaning>> = {
  In: {
    holds: (value, values) => value !== undefined && values.includes(value),
    text: (key, values) => `${key} in (${values.join(',')})`,
  },
  // An object without the key is selected, too.
  NotIn: {
    holds: (value, values) => value === undefined || !values.includes(value),
    text: (key, values) => `${key} notin (${values.join(',')})`,
  },
  Exists: { holds: (value) => value !== undefined, text: (key) => key },
  DoesNotExist: { holds: (value) => value === undefined, text: (key) => `!${key}` },
};

/** Whether a selector selects an object with these labels; an empty one selects all. */
export function selects({ matchLabels = {}, matchExpressions = [] }: LabelSelector, labels: Labels): boolean {
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every(({ key, operator, values = [] }) => OPERATORS[operator].holds(labels[key], values))
  );
}

/** As kubectl writes a selector: `app=web,tier in (a,b),!old`. */
export function describeSelector({ matchLabels = {}, matchExpressions = [] }: LabelSelector): string {
  return [
    ...Object.entries(matchLabels).map(([key, value]) => `${key}=${value}`),
    ...matchExpressions.map(({ key, operator, values = [] }) => OPERATORS[operator].text(key, values)),
  ].join(',');
}

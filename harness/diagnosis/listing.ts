const format = new Intl.ListFormat('en', { type: 'conjunction' });

/** `a`, `a and b`, `a, b, and c`; more than `most` are counted: `a, b, and 7 more`. */
export function listing(items: readonly string[], most = 5): string {
  const rest = items.length - most;
  return format.format(rest > 0 ? [...items.slice(0, most), `${rest} more`] : items);
}

/** `web=a,tier=b`, as kubectl writes labels. */
export function labelText(labels: Readonly<Record<string, string>>): string {
  return (
    Object.entries(labels)
      .map(([key, value]) => `${key}=${value}`)
      .join(',') || 'no labels'
  );
}

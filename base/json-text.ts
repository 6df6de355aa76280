/** Arrays and objects so deep are taken apart: of a run's record, down to each observation of each scenario. */
const DEPTH = 4;

/**
 * The text that `JSON.stringify(value, null, space)` gives, in pieces: of a large value, the whole text is several
 * times what the value takes.
 */
export function* jsonPieces(
  value: unknown,
  space = 0,
  { depth = DEPTH, indent = '' } = {},
): Generator<string, void> {
  if (depth === 0 || typeof value !== 'object' || value === null || 'toJSON' in value) {
    yield (JSON.stringify(value, null, space) ?? 'null').replaceAll('\n', `\n${indent}`);
    return;
  }
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
  const [line, lastLine] = space > 0 ? [`\n${indent}${' '.repeat(space)}`, `\n${indent}`] : ['', ''];
  const inner = { depth: depth - 1, indent: indent + ' '.repeat(space) };
  let before = open;
  for (const [key, one] of Object.entries(value)) {
    if (Array.isArray(value)) yield before + line;
    else if (isLeftOut(one)) continue;
    else yield `${before}${line}${JSON.stringify(key)}:${space > 0 ? ' ' : ''}`;
    yield* jsonPieces(one, space, inner);
    before = ',';
  }
  yield before === ',' ? lastLine + close : open + close;
}

/** JSON has no word for it. */
function isLeftOut(value: unknown): boolean {
  return value === undefined || typeof value === 'function' || typeof value === 'symbol';
}

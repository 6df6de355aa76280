/**
 * Splits a byte stream into lines, without their line feeds. A chunk may end anywhere, also inside a
 * character. What follows the last line feed is a line of its own (a log) or a torn one that is dropped
 * (a watch, whose every event ends with a line feed).
 */
export async function* readLines(
  chunks: AsyncIterable<Uint8Array>,
  unterminated: 'keep' | 'drop',
): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  let rest = '';
  for await (const chunk of chunks) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  rest += decoder.decode();
  if (unterminated === 'keep' && rest !== '') yield rest;
}

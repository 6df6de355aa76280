import path from 'node:path';

import { isMap, isNode, LineCounter, parseDocument, type Document } from 'yaml';

import { formatPath, type Path, type Problem } from './problem.ts';

/** A YAML file that knows at which line each of its values is. */
export interface YamlSource {
  /** The document as plain data; only of use where `problems` is empty. */
  data: unknown;
  problems: Problem[];
  /** A problem with the value at `at`, or with the nearest thing around it that is written there. */
  problem(at: Path, message: string): Problem;
  /** A problem with a key itself. */
  keyProblem(parent: Path, key: string, message: string): Problem;
}

/** The path of a file as the user would type it: relative where it is below the working folder. */
export function displayPath(file: string): string {
  const relative = path.relative(process.cwd(), file);
  return relative.startsWith('..') ? file : relative;
}

export function parseYaml(file: string, text: string): YamlSource {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const position = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return { file: displayPath(file), line: Math.max(1, line), column: Math.max(1, col) };
  };
  return {
    data: document.errors.length > 0 ? undefined : document.toJS(),
    problems: document.errors.map((error) => ({
      ...position(error.pos[0]),
      path: '',
      message: `not valid YAML: ${error.message}`,
    })),
    problem: (at, message) => ({ ...position(offsetOf(document, at)), path: formatPath(at), message }),
    keyProblem: (parent, key, message) => ({
      ...position(offsetOfKey(document, parent, key)),
      path: formatPath([...parent, key]),
      message,
    }),
  };
}

function offsetOf(document: Document.Parsed, at: Path): number {
  for (let length = at.length; length >= 0; length -= 1) {
    const node: unknown = length === 0 ? document.contents : document.getIn(at.slice(0, length), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return 0;
}

function offsetOfKey(document: Document.Parsed, parent: Path, key: string): number {
  const map: unknown = parent.length === 0 ? document.contents : document.getIn(parent, true);
  if (isMap(map)) {
    for (const { key: node } of map.items) {
      if (isNode(node) && node.range && String(node) === key) return node.range[0];
    }
  }
  return offsetOf(document, parent);
}

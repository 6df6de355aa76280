import {
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  parseAllDocuments,
  type Document,
  type Node,
} from 'yaml';
import type { z } from 'zod';

import { messageOf, UsageError } from '../../base/errors.ts';
import { objectSchema, type KubernetesObject } from './objects.ts';

/**
 * Reads the objects of a manifest: several documents, empty ones skipped, each `kind: List` replaced by its
 * items. The YAML is read as by kubectl: version 1.1, so `0644` is octal and `yes` is true.
 * @param fileName for messages, which begin with file:line:column.
 * @throws UsageError `DUALVIP_MANIFEST_INVALID`
 */
export function parseManifests(text: string, fileName: string): KubernetesObject[] {
  const lineCounter = new LineCounter();
  const documents = parseAllDocuments(text, {
    version: '1.1',
    lineCounter,
    prettyErrors: false,
    // Unlike YAML 1.1, Kubernetes has no numbers to base 60 (`1:2:3:4:5:6:7:8` is an address) and no dates.
    customTags: (tags) => tags.filter((tag) => typeof tag === 'string' || !isTime(tag)),
  });
  const fail: Fail = (offset, problem, hint) => {
    const { line, col } = lineCounter.linePos(offset);
    throw new UsageError('DUALVIP_MANIFEST_INVALID', `${fileName}:${line}:${col}: ${problem}`, { hint });
  };
  const objects: KubernetesObject[] = [];
  for (const document of documents) {
    const [error] = document.errors;
    if (error) fail(error.pos[0], error.message, 'Mend the YAML at that place.');
    if (!isEmpty(document.contents)) objects.push(...readObjects(document.contents, document, fail));
  }
  return objects;
}

type Fail = (offset: number, problem: string, hint: string) => never;

function readObjects(node: unknown, document: Document, fail: Fail): KubernetesObject[] {
  if (!isMap(node)) {
    const hint =
      'Is the indentation right? A list of objects is a List with items, or documents separated by ---.';
    return fail(offsetOf(node), 'an object is a mapping with apiVersion, kind and metadata', hint);
  }
  const items = node.get('items', true);
  if (node.get('kind') === 'List' && isSeq(items)) {
    return items.items.flatMap((item) => readObjects(item, document, fail));
  }
  const result = objectSchema.safeParse(toJavaScript(node, document, fail));
  if (result.success) return [result.data];
  const issue = result.error.issues[0];
  const field = issue?.path.join('.') ?? '';
  const { found, missing } = locate(node, issue);
  return missing
    ? fail(
        offsetOf(found),
        `${field} is missing`,
        `Add ${field}: every object needs apiVersion, kind and metadata.name.`,
      )
    : fail(
        offsetOf(found),
        `${field}: ${issue?.message ?? ''}`,
        'Write it as expected there; text that looks like a number or like yes and no needs quotes.',
      );
}

function toJavaScript(node: Node, document: Document, fail: Fail): unknown {
  try {
    return node.toJS(document);
  } catch (error) {
    return fail(offsetOf(node), messageOf(error), 'Set each anchor before its alias, and use few of them.');
  }
}

/** The node that an issue is about, or the nearest one around it when it is not there. */
function locate(node: Node, issue: z.core.$ZodIssue | undefined): { found: Node; missing: boolean } {
  let found = node;
  for (const key of issue?.path ?? []) {
    const next = isMap(found) ? found.get(key, true) : undefined;
    if (!isNode(next)) return { found, missing: true };
    found = next;
  }
  return { found, missing: isEmpty(found) };
}

function isEmpty(node: unknown): boolean {
  return node === null || (isScalar(node) && node.value === null);
}

function isTime(tag: object): boolean {
  return (
    ('format' in tag && tag.format === 'TIME') || ('tag' in tag && tag.tag === 'tag:yaml.org,2002:timestamp')
  );
}

function offsetOf(node: unknown): number {
  return isNode(node) ? (node.range?.[0] ?? 0) : 0;
}

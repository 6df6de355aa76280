import { readdir } from 'node:fs/promises';
import path from 'node:path';

import { PROJECT_ROOT } from '../../base/folders.ts';

/** Where the image has node_modules with undici; below it the agent finds the folders of the checkout. */
export const CONTAINER_ROOT = '/dualvip';
const AGENT_FOLDER = 'harness/probe/agent';

/** The agent's program in the container. */
export const AGENT_MAIN = `${CONTAINER_ROOT}/${AGENT_FOLDER}/main.ts`;

/** Of the agent's standard error: enough for Node's message of an uncaught error. */
export const STDERR_TAIL = 1_000;

/** Makes the copied files ES modules. */
export const AGENT_PACKAGE = { content: '{"type":"module"}', target: `${CONTAINER_ROOT}/package.json` };

/** The agent, each file at its place in the checkout, so that its imports hold. */
export async function agentFiles(): Promise<{ source: string; target: string }[]> {
  const names = await readdir(path.join(PROJECT_ROOT, AGENT_FOLDER));
  const sources = names.filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'));
  return ['base/clock.ts', ...sources.map((name) => `${AGENT_FOLDER}/${name}`)].map((file) => ({
    source: path.join(PROJECT_ROOT, file),
    target: `${CONTAINER_ROOT}/${file}`,
  }));
}

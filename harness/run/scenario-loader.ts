import { registerHooks } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const SCENARIO_FILE = /\/scenario\.yaml$/;
/** A list of the folders of scenarios that run at the same time. */
const LANES_FILE = /\.lanes\.json$/;

/**
 * A scenario.yaml as the module of its test, so that no TypeScript is written for a scenario and Vitest's
 * file filter and shards are about scenarios. A hook of Node's own (module.registerHooks), as the worker
 * imports natively.
 */
registerHooks({
  load(url, context, nextLoad) {
    // Vitest's `?vitest=…` is not part of the file's name; a module of Node's own has no file.
    const { protocol, pathname } = new URL(url);
    if (protocol !== 'file:') return nextLoad(url, context);
    const file = fileURLToPath(`file://${pathname}`);
    if (LANES_FILE.test(pathname)) return calling('lanesTest', JSON.stringify(file));
    if (SCENARIO_FILE.test(pathname)) return calling('scenarioTest', JSON.stringify(path.dirname(file)));
    return nextLoad(url, context);
  },
});

function calling(name: string, argument: string) {
  const module = JSON.stringify(import.meta.resolve('./scenario-test.ts'));
  const source = `import { ${name} } from ${module};\nawait ${name}(${argument});\n`;
  return { format: 'module' as const, shortCircuit: true, source };
}

import { registerHooks } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const SCENARIO_FILE = /\/scenario\.yaml$/;

/**
 * A scenario.yaml as the module of its test, so that no TypeScript is written for a scenario and Vitest's
 * file filter and shards are about scenarios. A hook of Node's own (module.registerHooks), as the worker
 * imports natively.
 */
registerHooks({
  load(url, context, nextLoad) {
    const { pathname } = new URL(url);
    if (!SCENARIO_FILE.test(pathname)) return nextLoad(url, context);
    const test = JSON.stringify(import.meta.resolve('./scenario-test.ts'));
    const folder = JSON.stringify(path.dirname(fileURLToPath(`file://${pathname}`)));
    return {
      format: 'module',
      shortCircuit: true,
      source: `import { scenarioTest } from ${test};\nawait scenarioTest(${folder});\n`,
    };
  },
});

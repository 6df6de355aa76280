#!/usr/bin/env node
// `npx dualvip …`: the command line, on the project's own Node whatever the machine's is.
import { spawn } from 'node:child_process';

import { bootstrap, mainCommand, mainEnvironment, nodeProgram } from './bootstrap.js';

bootstrap();
const child = spawn(nodeProgram(), [...mainCommand(), ...process.argv.slice(2)], {
  stdio: 'inherit',
  env: mainEnvironment(),
});
// The terminal sends Ctrl-C to both; the child decides when it has cleaned up.
process.on('SIGINT', () => {});
process.on('SIGTERM', (signal) => child.kill(signal));
process.on('SIGHUP', (signal) => child.kill(signal));
child.on('exit', (code) => {
  process.exitCode = code ?? 2;
});

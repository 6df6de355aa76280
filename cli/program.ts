import { Command, CommanderError, Option } from 'commander';

import { monotonicMs } from '../base/clock.ts';
import { EXIT, UsageError } from '../base/errors.ts';
import { lineProgress } from '../base/progress.ts';
import { checkTimeoutOverrides } from '../base/timeouts.ts';
import { didYouMean } from '../harness/scenario/problem.ts';
import { addClusterOptions, shard, wholeNumber } from './cluster-options.ts';
import { doctor } from './commands/doctor.ts';
import { down } from './commands/down.ts';
import { buildImages, removeImages, showImages } from './commands/images.ts';
import { listClusters, listRuns, listScenarios } from './commands/list.ts';
import type { CommandContext } from './context.ts';
import { tellFailure } from './failure.ts';
import { interruptSignal } from './interrupt.ts';
import { harnessVersion } from './version.ts';

const RUNS_FOLDER = 'reports/runs';

/** Runs the command line and gives the exit code: 0, 1, 2 or 64 (docs: README, Exit codes). */
export async function main(argv: readonly string[]): Promise<number> {
  const context: CommandContext = {
    signal: interruptSignal(),
    progress: lineProgress(),
    origin: monotonicMs(),
    print: (text) => process.stdout.write(`${text}\n`),
  };
  let exitCode: number = EXIT.ok;
  const program = buildProgram(await harnessVersion(), context, (code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync(argv, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    return tellFailure(error);
  }
}

function buildProgram(version: string, context: CommandContext, end: (exitCode: number) => void): Command {
  const program = new Command('dualvip')
    .description('End-to-end tests for dual-stack LoadBalancer implementations on Kubernetes.')
    .version(version)
    .exitOverride()
    .showHelpAfterError('(--help tells what there is)')
    .hook('preAction', () => checkTimeoutOverrides())
    .addHelpText('after', EXAMPLES);
  addRun(program, context, end);
  addClusterOptions(program.command('up'))
    .description('start a cluster with the implementation in it, and keep it')
    .addHelpText(
      'after',
      '\nExamples:\n  dualvip up\n  dualvip up --topology ipv6 --implementation metallb@0.15.2 --name v6',
    )
    .action(async (flags) => end(await (await import('./commands/up.ts')).up(flags, context)));
  program
    .command('down')
    .description('remove clusters of dualvip, after a crash too; nothing else is touched')
    .argument('[names...]', 'clusters; left out: the only one there is')
    .option('--all', 'every cluster of dualvip', false)
    .action(async (names, flags) => end(await down(names, flags, context)));
  addProbe(program, context, end);
  addList(program, context, end);
  addImages(program, context, end);
  program
    .command('doctor')
    .description('what this machine has, and what a run needs')
    .option('--json', 'as JSON', false)
    .action(async (flags) => end(await doctor(flags, context)));
  return program;
}

function addRun(program: Command, context: CommandContext, end: (exitCode: number) => void): void {
  addClusterOptions(program.command('run', { isDefault: true }))
    .description('run the scenarios and judge them (the default); makes a cluster unless there is one')
    .option('-t, --test-name-pattern <regex>', 'only scenarios whose "CLAIM ID: TITLE" matches')
    .option('--shard <index/count>', 'only this part of the scenarios', shard)
    .option('--retry <n>', 'try a red scenario again, up to n times', wholeNumber('--retry', 0, 100))
    .option('--bail <n>', 'end after n red scenarios', wholeNumber('--bail', 0, 1000))
    .option('--keep', 'keep the cluster that was made for the run', false)
    .option('--scenarios <folder>', 'other scenarios than dualvip’s own')
    .option('--reports <folder>', 'where runs are reported', RUNS_FOLDER)
    .addHelpText('after', RUN_EXAMPLES)
    .allowExcessArguments()
    .action(async (flags, command) => {
      refuseWords(command);
      end(await (await import('./commands/run.ts')).run(flags, context));
    });
}

function addProbe(program: Command, context: CommandContext, end: (exitCode: number) => void): void {
  program
    .command('probe')
    .description('probe addresses, or every address of a Service, from the bridge of a cluster')
    .argument('<targets...>', 'IPv4 or IPv6 addresses, or names of Services')
    .option('--name <name>', 'the cluster')
    .option('-n, --namespace <namespace>', 'of the Services', 'default')
    .option('-p, --port <port>', 'default: the first of the Service, or 80', wholeNumber('--port', 1, 65_535))
    .addOption(
      new Option('--protocol <protocol>', 'how to probe').choices(['http', 'tcp', 'udp']).default('http'),
    )
    .option('-w, --watch', 'again and again, until Ctrl-C', false)
    .option(
      '--interval <ms>',
      'pause between two attempts of --watch',
      wholeNumber('--interval', 1, 3_600_000),
      1000,
    )
    .option('--json', 'one JSON object a line', false)
    .addHelpText(
      'after',
      '\nExamples:\n  dualvip probe web-frontend\n  dualvip probe 172.18.255.1 fd00:1::1 --watch --interval 100',
    )
    .action(async (targets, flags) =>
      end(await (await import('./commands/probe.ts')).probe(targets, flags, context)),
    );
}

function addList(program: Command, context: CommandContext, end: (exitCode: number) => void): void {
  const list = program.command('list').description('list scenarios, clusters or runs');
  list
    .command('scenarios', { isDefault: true })
    .description('what is tested (the default)')
    .option('--scenarios <folder>', 'other scenarios than dualvip’s own')
    .option('--json', 'as JSON', false)
    .allowExcessArguments()
    .action(async (flags, command) => {
      refuseWords(command);
      end(await listScenarios(flags, context));
    });
  list
    .command('clusters')
    .description('clusters of dualvip')
    .option('--json', 'as JSON', false)
    .action(async (flags) => end(await listClusters(flags, context)));
  list
    .command('runs')
    .description('runs and their exit codes')
    .option('--reports <folder>', 'where runs are reported', RUNS_FOLDER)
    .option('--json', 'as JSON', false)
    .action(async (flags) => end(await listRuns(flags, context)));
}

function addImages(program: Command, context: CommandContext, end: (exitCode: number) => void): void {
  const images = program.command('images').description('build, list or remove the images of dualvip');
  addClusterOptions(images.command('build'))
    .description('pull or build what a cluster needs')
    .action(async (flags) => end(await buildImages(flags, context)));
  images
    .command('list')
    .description('images in the engine that dualvip made')
    .option('--json', 'as JSON', false)
    .action(async (flags) => end(await showImages(flags, context)));
  images
    .command('prune')
    .description('remove the images that no cluster uses')
    .action(async () => end(await removeImages(context)));
}

/** A word that names no command lands at the default one. @throws UsageError `DUALVIP_COMMAND_UNKNOWN` */
function refuseWords({ args: [word], parent }: Command): void {
  if (word === undefined) return;
  const names = parent?.commands.map((command) => command.name()) ?? [];
  throw new UsageError('DUALVIP_COMMAND_UNKNOWN', `no command "${word}"${didYouMean(word, names)}`, {
    hint: `There is: ${names.join(', ')}.`,
  });
}

const EXAMPLES = `
Examples:
  dualvip                            a cluster, all scenarios, a table of verdicts
  dualvip run -t C2                  only what is about the guide's claim C2
  dualvip up && dualvip run          keep the cluster between runs
  dualvip probe web-frontend --watch follow both VIPs of a Service
  dualvip down                       remove the cluster

Exit codes: 0 all as known, 1 a verdict differs, 2 the harness failed, 64 usage.`;

const RUN_EXAMPLES = `
Examples:
  dualvip run -t c2-separate-pools --keep
  dualvip run --implementation metallb@0.15.2 --topology dual-v6-primary
  dualvip run --shard 1/2 --retry 1 --bail 1`;

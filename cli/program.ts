import { Command, CommanderError, Option } from 'commander';

import { FAMILIES } from '../base/addresses.ts';
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
import { DIAGNOSE_EXAMPLES, examples, MODEL_EXAMPLES, RUN_EXAMPLES } from './examples.ts';
import { tellFailure } from './failure.ts';
import { interruptSignal } from './interrupt.ts';
import { asTyped, programName } from './typed-command.ts';
import { addConformance } from './conformance-command.ts';
import { addMatrix } from './matrix-command.ts';
import { addBisect } from './bisect-command.ts';
import { addBundle } from './bundle-command.ts';
import { addReport } from './report-command.ts';
import { addExistingOptions, checkExisting } from './existing-options.ts';
import { addReproduce } from './reproduce-command.ts';
import { OWN_BUILDS, withOwnBuilds } from './own-builds.ts';
import { addScenarioOptions, againstOption, keepOption, RUNS_FOLDER } from './scenario-options.ts';
import { harnessVersion } from './version.ts';

/** Runs the command line and gives the exit code: 0, 1, 2 or 64 (docs: README, Exit codes). */
export async function main(argv: readonly string[]): Promise<number> {
  const progress = lineProgress();
  const commands: string[] = [];
  const typed = (text: string) => asTyped(text, commands);
  const context: CommandContext = {
    signal: interruptSignal(typed),
    progress: { ...progress, note: (text) => progress.note(typed(text)) },
    origin: monotonicMs(),
    print: (text) => process.stdout.write(`${typed(text)}\n`),
    typed,
  };
  let exitCode: number = EXIT.ok;
  const program = buildProgram(await harnessVersion(), context, (code) => {
    exitCode = code;
  });
  commands.push(...program.commands.map((command) => command.name()));
  try {
    await program.parseAsync(argv, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    return tellFailure(error, { typed });
  }
}

function buildProgram(version: string, context: CommandContext, end: (exitCode: number) => void): Command {
  const program = new Command(programName())
    .configureOutput({ writeOut: (text) => context.print(text.trimEnd()) })
    .description('End-to-end tests for dual-stack LoadBalancer implementations on Kubernetes.')
    .version(version)
    .exitOverride()
    .showHelpAfterError('(--help tells what there is)')
    .hook('preAction', async (_, action) => {
      checkTimeoutOverrides();
      await takeOwnBuilds(action, context);
    })
    .addHelpText('after', examples(programName()));
  addRun(program, context, end);
  addModel(program, context, end);
  addMatrix(program, context, end);
  addReport(program, context, end);
  addConformance(program, context, end);
  addReproduce(program, context, end);
  addBundle(program, context, end);
  addBisect(program, context, end);
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
    .option('--kubeconfig <file>', 'what runs left in a cluster that dualvip has not made, instead')
    .option('--context <name>', 'of the kubeconfig; default: its current one')
    .action(async (names, flags) => {
      if (flags.kubeconfig === undefined) return end(await down(names, flags, context));
      if (names.length > 0 || flags.all) throw oneOrTheOther();
      const { downExisting } = await import('./commands/down-existing.ts');
      return end(await downExisting(flags, context));
    });
  addProbe(program, context, end);
  addDiagnose(program, context, end);
  addList(program, context, end);
  addImages(program, context, end);
  program
    .command('doctor')
    .description('what this machine has, and what a run needs')
    .option('--json', 'as JSON', false)
    .action(async (flags) => end(await doctor(flags, context)));
  return program;
}

/** What is asked for as a checkout has its lasting name before any command sees it. */
async function takeOwnBuilds(action: Command, context: CommandContext): Promise<void> {
  const asked: unknown = action.getOptionValue('implementation');
  if (typeof asked !== 'string' || !asked.includes('@path:')) return;
  const named = await withOwnBuilds(asked, OWN_BUILDS[action.name()] ?? 'one', context);
  action.setOptionValueWithSource('implementation', named, 'cli');
}

function addRun(program: Command, context: CommandContext, end: (exitCode: number) => void): void {
  const run = addScenarioOptions(addClusterOptions(program.command('run', { isDefault: true })))
    .description('run the scenarios and judge them (the default); makes a cluster unless there is one')
    .option('--shard <index/count>', 'only this part of the scenarios', shard)
    .option('--times <runs...>', 'earlier runs, by whose times the parts of --shard are of the same length')
    .addOption(keepOption())
    .addOption(againstOption());
  addExistingOptions(run)
    .addHelpText('after', RUN_EXAMPLES)
    .allowExcessArguments()
    .action(async (flags, command) => {
      refuseWords(command);
      const isTyped = (option: string) => command.getOptionValueSource(option) === 'cli';
      checkExisting(flags, isTyped);
      if (flags.kubeconfig !== undefined) {
        const { runExisting } = await import('./commands/run-existing.ts');
        const namedImplementation = isTyped('implementation') ? flags.implementation : undefined;
        return end(await runExisting({ ...flags, namedImplementation }, context));
      }
      if (flags.against === undefined) end(await (await import('./commands/run.ts')).run(flags, context));
      else end(await (await import('./commands/against.ts')).runAgainst(flags, context));
    });
}

function addModel(program: Command, context: CommandContext, end: (exitCode: number) => void): void {
  addScenarioOptions(addClusterOptions(program.command('model')))
    .description('generated cases: policy × families × pools × operation, and their truth table')
    .option('--list', 'the cases and what is expected; runs nothing', false)
    .option('--excluded', 'what is no case, and why', false)
    .option('--write <folder>', 'write the cases as scenarios; runs nothing')
    .option('--json', 'as JSON', false)
    .option('--shard <index/count>', 'only this part of the cases', shard)
    .addOption(keepOption())
    .addHelpText('after', MODEL_EXAMPLES)
    .action(async (flags) => end(await (await import('./commands/model.ts')).model(flags, context)));
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
    .option('-w, --watch', 'again and again, until Ctrl-C: live in a terminal, else as lines', false)
    .option(
      '--interval <ms>',
      'between two attempts of --watch; default: 10, and 1000 between two lines',
      wholeNumber('--interval', 1, 3_600_000),
    )
    .option(
      '--max-outage <ms>',
      'with --watch: exit code 1 only where an address failed for longer',
      wholeNumber('--max-outage', 0, 3_600_000),
      0,
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

function addDiagnose(program: Command, context: CommandContext, end: (exitCode: number) => void): void {
  program
    .command('diagnose')
    .description(
      'why a Service lacks an address or is not reached: cause, fix and evidence, from any cluster',
    )
    .argument('<service>', 'its name')
    .option('-n, --namespace <namespace>', 'of the Service', 'default')
    .option('--kubeconfig <file>', 'of the cluster; default: $KUBECONFIG, else that of a cluster of dualvip')
    .option('--context <name>', 'of the kubeconfig; default: its current one')
    .option('--name <name>', 'a cluster of dualvip, instead')
    .option('--implementation <name>', 'default: the one whose custom resources the cluster has')
    .addOption(
      new Option(
        '--family <families...>',
        'the families that it should have; default: as its policy says',
      ).choices(FAMILIES),
    )
    .option('--json', 'as JSON', false)
    .addHelpText('after', DIAGNOSE_EXAMPLES)
    .action(async (service, flags) =>
      end(await (await import('./commands/diagnose.ts')).diagnose(service, flags, context)),
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

function oneOrTheOther(): UsageError {
  return new UsageError(
    'DUALVIP_FLAGS_CONFLICT',
    '--kubeconfig leads to a cluster that is not removed, and names and --all say which are',
    { hint: 'Give one of them.' },
  );
}

/** A word that names no command lands at the default one. @throws UsageError `DUALVIP_COMMAND_UNKNOWN` */
function refuseWords({ args: [word], parent }: Command): void {
  if (word === undefined) return;
  const names = parent?.commands.map((command) => command.name()) ?? [];
  throw new UsageError('DUALVIP_COMMAND_UNKNOWN', `no command "${word}"${didYouMean(word, names)}`, {
    hint: `There is: ${names.join(', ')}.`,
  });
}

import { Command, CommanderError } from 'commander';

import { monotonicMs } from '../base/clock.ts';
import { EXIT } from '../base/errors.ts';
import { lineProgress } from '../base/progress.ts';
import { wholeNumber } from '../cli/cluster-options.ts';
import type { CommandContext } from '../cli/context.ts';
import { tellFailure } from '../cli/failure.ts';
import { interruptSignal } from '../cli/interrupt.ts';
import { benchCatalogue, benchLanes } from './catalogue.ts';
import { benchOutage } from './outage.ts';
import { benchOverhead } from './overhead.ts';
import { benchReport } from './report.ts';
import { benchServices } from './services.ts';
import { benchStart } from './start.ts';
import { benchUp } from './up.ts';

const context: CommandContext = {
  signal: interruptSignal(),
  progress: lineProgress(),
  origin: monotonicMs(),
  print: (text) => process.stdout.write(`${text}\n`),
};

/** Figures on standard output; with --json one object and nothing else. */
function tell(figures: Record<string, unknown>, { json }: { json: boolean }): void {
  if (json) context.print(JSON.stringify(figures));
  else for (const [name, value] of Object.entries(figures)) context.print(`${name}: ${String(value)}`);
}

const program = new Command('bench')
  .description(
    'Figures, measured on real clusters. Never part of a test: machines are noisy, so compare within one run.',
  )
  .exitOverride()
  .showHelpAfterError();

program
  .command('up')
  .description('dualvip up against plain kind create, kubectl apply and rollout, in turns (ratio of medians)')
  .option('--repeat <n>', 'how often each', wholeNumber('--repeat', 1, 20), 3)
  .option('--json', 'as one JSON object', false)
  .action(async (flags) => tell(await benchUp(flags, context), flags));
program
  .command('start')
  .description('npm start: the whole command (seconds) and until the last verdict (verdict_seconds)')
  .option('--cold', 'without caches and images: builds everything anew', false)
  .option('--json', 'as one JSON object', false)
  .action(async (flags) => tell(await benchStart(flags, context), flags));
program
  .command('overhead')
  .description('the harness’s own time per scenario (p95_ms) and its peak memory (rss_mb)')
  .option('--repeat <n>', 'runs of the catalogue', wholeNumber('--repeat', 1, 20), 3)
  .option('--json', 'as one JSON object', false)
  .action(async (flags) => tell(await benchOverhead(flags, context), flags));
program
  .command('outage')
  .description(
    'outages of known length against what is measured of them (error_p99_ms), and the probes’ own cost',
  )
  .option('--repeat <n>', 'outages of each family', wholeNumber('--repeat', 1, 1000), 100)
  .option('--json', 'as one JSON object', false)
  .action(async (flags) => tell(await benchOutage(flags, context), flags));
program
  .command('services')
  .description('1,000 dual-stack Services: seconds until all are verified, and the implementation’s own part')
  .option('--json', 'as one JSON object', false)
  .action(async (flags) => tell(await benchServices(context), flags));
program
  .command('report')
  .description('the HTML report of a large generated run: making it (ms, bytes), and its first_paint_ms')
  .option('--cases <n>', 'scenarios in the run', wholeNumber('--cases', 1, 10_000), 500)
  .option('--json', 'as one JSON object', false)
  .action(async (flags) => tell(await benchReport(flags, context), flags));
program
  .command('catalogue')
  .description('the whole catalogue and model on one hot cluster: cases, seconds, rss_mb')
  .option('--json', 'as one JSON object', false)
  .action(async (flags) => tell(await benchCatalogue(context), flags));
program
  .command('lanes')
  .description(
    'cases that share the cluster: one after another against in lanes, in turns (ratio of medians)',
  )
  .option('--repeat <n>', 'how often each', wholeNumber('--repeat', 1, 20), 3)
  .option('--json', 'as one JSON object', false)
  .action(async (flags) => tell(await benchLanes(flags, context), flags));

try {
  await program.parseAsync(process.argv.slice(2), { from: 'user' });
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  else process.exitCode = tellFailure(error);
}

import { run } from '../../base/command.ts';
import { HarnessError } from '../../base/errors.ts';
import type { Progress } from '../../base/progress.ts';
import { startDaemon, stopDaemon } from './daemon.ts';
import { findEndpoint } from './endpoint.ts';
import { type EngineFiles, engineFiles } from './engine-files.ts';
import { type Engine, findEngine } from './engine.ts';
import { exclusively } from '../../base/exclusive.ts';
import { debianPackages, installOnDebian } from './install-debian.ts';
import { readInstallation, writeInstallation } from './installation.ts';
import { type Facts, MISSING, missingHint, nextStep, type Step } from './next-step.ts';
import { type OsRelease, parseOsRelease } from './os-release.ts';
import { readIfThere } from './pid-file.ts';
import { privilegedComplaint } from './privileged-container.ts';
import { findProgram } from './system-program.ts';

export interface EnsureOptions {
  progress: Progress;
  /** Asks the user before this machine is changed. */
  confirm: (question: string) => Promise<boolean>;
  signal?: AbortSignal | undefined;
  environment?: NodeJS.ProcessEnv;
}

/**
 * An engine that answers: the one that is there, as it is; else one that is installed, started; else, on Debian
 * as root, one that is installed now.
 * @throws HarnessError `DUALVIP_ENGINE_MISSING` with what to install, `DUALVIP_ENGINE_UNREACHABLE` when the user
 *   chose one that does not answer, and as `findEngine`, `installOnDebian` and `startDaemon`.
 */
export async function ensureEngine(options: EnsureOptions): Promise<Engine> {
  const { progress, signal, environment = process.env } = options;
  const files = engineFiles(environment);
  const { engine, step } = await survey(files, options);
  if (step.do === 'use' && engine) return engine;
  if (step.do === 'refuse') throw refusal(step);
  return exclusively(
    {
      folder: files.folder,
      onWait: () => progress.note('another run prepares the Docker engine: waiting for it'),
      signal,
    },
    // The other may have done all of it meanwhile, so the question is asked only now.
    (held) => prepare(files, { ...options, signal: held }),
  );
}

async function prepare(files: EngineFiles, options: EnsureOptions): Promise<Engine> {
  const { environment = process.env } = options;
  const { engine, step, facts } = await survey(files, options);
  if (step.do === 'use' && engine) return engine;
  if (step.do === 'refuse') throw refusal(step);
  if (step.do !== 'use') {
    if (step.question !== undefined && !(await options.confirm(step.question))) throw missing(facts);
    // Interrupted, and an engine answers: ours at some stage, or one that the user installed since.
    if (engine && (await serves(engine, options))) await writeInstallation(files, 'finished');
    else if (step.do === 'install') await install(files, { ...options, release: step.release });
    else await options.progress.step('starting dockerd', () => start(files, options));
  }
  const made = await findEngine({ signal: options.signal, environment });
  if (!made) throw missing(facts);
  return made;
}

async function serves({ environment }: Engine, { progress, signal }: EnsureOptions): Promise<boolean> {
  return progress.step('trying a privileged container', async (detail) => {
    const complaint = await privilegedComplaint({ environment, signal });
    if (complaint !== undefined) detail('it does not start: going on with the installation');
    return complaint === undefined;
  });
}

async function install(files: EngineFiles, options: EnsureOptions & { release: OsRelease }): Promise<void> {
  const { progress, signal, environment = process.env, release } = options;
  await writeInstallation(files, 'unfinished');
  await installOnDebian({
    release,
    progress,
    steps: {
      ...debianPackages({ release, files, signal }),
      start: () => start(files, options),
      stop: () => stopUnused(files, options),
      privilegedComplaint: () => privilegedComplaint({ environment, signal }),
    },
  });
  await writeInstallation(files, 'finished');
}

/** Ours has no containers yet. One that has some is somebody's, whatever our notes say. */
async function stopUnused(files: EngineFiles, options: EnsureOptions): Promise<void> {
  const { signal, environment = process.env } = options;
  const containers = await run('docker', ['ps', '--quiet'], { signal, env: environment });
  if (containers !== '') {
    throw new HarnessError(
      'DUALVIP_ENGINE_IN_USE',
      'this Docker engine starts no privileged containers, and has running containers, so it is left as it is',
      { hint: 'Stop them (docker ps), or install a Docker engine of version 24 or later by hand.' },
    );
  }
  await stopDaemon({ files, signal });
}

function start(files: EngineFiles, { signal, environment = process.env }: EnsureOptions): Promise<void> {
  const answers = async (bound: AbortSignal) =>
    (await findEngine({ signal: bound, environment })) !== undefined;
  return startDaemon({ files, answers, signal, environment });
}

interface Survey {
  engine: Engine | undefined;
  facts: Facts;
  step: Step;
}

async function survey(files: EngineFiles, options: EnsureOptions): Promise<Survey> {
  const { signal, environment = process.env } = options;
  const endpoint = await findEndpoint({ signal, environment });
  const engine = await findEngine({ signal, environment });
  const release = await readIfThere('/etc/os-release');
  const facts: Facts = {
    platform: process.platform,
    root: process.getuid?.() === 0,
    release: release === undefined ? undefined : parseOsRelease(release),
    found: engine !== undefined,
    namedBy: endpoint?.namedBy,
    host: endpoint?.host,
    dockerdInstalled: (await findProgram('dockerd', environment)) !== undefined,
    clientInstalled: endpoint !== undefined,
    installation: await readInstallation(files),
  };
  return { engine, facts, step: nextStep(facts) };
}

function refusal({ code, message, hint }: Extract<Step, { do: 'refuse' }>): HarnessError {
  return new HarnessError(code, message, { hint });
}

function missing(facts: Facts): HarnessError {
  return new HarnessError('DUALVIP_ENGINE_MISSING', MISSING, { hint: missingHint(facts) });
}

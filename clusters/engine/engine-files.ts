import path from 'node:path';

import { cacheFolder, stateFolder } from '../../base/folders.ts';

/** Where the harness keeps what belongs to an engine of its own. */
export interface EngineFiles {
  folder: string;
  /** Of a dockerd that we started. */
  log: string;
  pidFile: string;
  /** All that apt-get said. */
  aptLog: string;
  /** How far our installation came, see installation.ts. */
  installation: string;
  /** Sources, lists and preferences of the scoped apt source. */
  aptFolder: string;
}

export function engineFiles(environment: NodeJS.ProcessEnv = process.env): EngineFiles {
  const folder = path.join(stateFolder(environment), 'engine');
  return {
    folder,
    log: path.join(folder, 'dockerd.log'),
    pidFile: path.join(folder, 'dockerd.pid'),
    aptLog: path.join(folder, 'apt.log'),
    installation: path.join(folder, 'installation.json'),
    aptFolder: path.join(cacheFolder(environment), 'apt'),
  };
}

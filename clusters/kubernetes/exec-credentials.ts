import path from 'node:path';

import { execa } from 'execa';
import { z } from 'zod';

import { HarnessError } from '../../base/errors.ts';
import { timeoutMs } from '../../base/timeouts.ts';
import { CredentialSource, type Lent } from './credentials.ts';

/** How a kubeconfig names the program: https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/#ExecConfig */
export const execSchema = z.strictObject({
  apiVersion: z.enum(['client.authentication.k8s.io/v1', 'client.authentication.k8s.io/v1beta1']),
  command: z.string().min(1),
  args: z.array(z.string()).nullish(),
  env: z.array(z.object({ name: z.string(), value: z.string() })).nullish(),
  installHint: z.string().optional(),
  provideClusterInfo: z.boolean().optional(),
  interactiveMode: z.enum(['Never', 'IfAvailable', 'Always']).optional(),
});
export type ExecProgram = z.output<typeof execSchema>;

/** https://kubernetes.io/docs/reference/config-api/client-authentication.v1/ */
const credentialSchema = z.looseObject({
  kind: z.literal('ExecCredential'),
  status: z
    .looseObject({
      token: z.string().min(1).optional(),
      clientCertificateData: z.string().min(1).optional(),
      clientKeyData: z.string().min(1).optional(),
      expirationTimestamp: z.string().optional(),
    })
    .refine(({ token, clientCertificateData }) => token !== undefined || clientCertificateData !== undefined),
});

export interface ExecOptions {
  program: ExecProgram;
  /** The kubeconfig's folder: a command with a slash in it is relative to that. */
  folder: string;
  /** As a program with `provideClusterInfo` gets it. */
  cluster: Readonly<Record<string, unknown>>;
}

/** The credentials that a program gives, which is run again when they have ended or are refused. */
export function execCredentials(options: ExecOptions): CredentialSource {
  return new CredentialSource(() => lend(options));
}

/**
 * Nothing that the program writes gets into a message: a token may be in it, and in its arguments.
 * @throws HarnessError `DUALVIP_KUBECONFIG_EXEC`
 */
async function lend({ program, folder, cluster }: ExecOptions): Promise<Lent> {
  const { apiVersion, command, args, env, provideClusterInfo } = program;
  const info = {
    apiVersion,
    kind: 'ExecCredential',
    spec: { interactive: false, ...(provideClusterInfo ? { cluster } : {}) },
  };
  const file = command.includes('/') ? path.resolve(folder, command) : command;
  const result = await execa(file, args ?? [], {
    stdin: 'ignore',
    reject: false,
    timeout: timeoutMs('api'),
    env: {
      ...Object.fromEntries((env ?? []).map(({ name, value }) => [name, value])),
      KUBERNETES_EXEC_INFO: JSON.stringify(info),
    },
  });
  if (result.failed) throw failed(program, howEnded(result));
  const read = credentialSchema.safeParse(parsed(result.stdout));
  if (!read.success) throw failed(program, 'gave no ExecCredential with a token or a certificate');
  const { token, clientCertificateData, clientKeyData, expirationTimestamp } = read.data.status;
  return {
    credentials: {
      ...(token === undefined ? {} : { token }),
      ...(clientCertificateData === undefined ? {} : { clientCertificate: clientCertificateData }),
      ...(clientKeyData === undefined ? {} : { clientKey: clientKeyData }),
    },
    until: expirationTimestamp === undefined ? undefined : Date.parse(expirationTimestamp),
  };
}

function howEnded(result: {
  code?: string | undefined;
  timedOut: boolean;
  exitCode?: number | undefined;
  signal?: string | undefined;
}): string {
  if (result.code === 'ENOENT') return 'is not there';
  if (result.timedOut) return 'did not end in time';
  return `ended with ${result.exitCode === undefined ? (result.signal ?? 'an error') : `exit code ${result.exitCode}`}`;
}

function failed({ command, installHint }: ExecProgram, how: string): HarnessError {
  const [hint] = (installHint ?? '').trim().split('\n');
  return new HarnessError(
    'DUALVIP_KUBECONFIG_EXEC',
    `the program ${path.basename(command)}, which the kubeconfig names for credentials, ${how}`,
    { hint: hint || 'It is run without a terminal. Does `kubectl get nodes` work with this kubeconfig?' },
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

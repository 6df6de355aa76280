import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { parse } from 'yaml';
import { z } from 'zod';

import { HarnessError, messageOf, UsageError } from '../../base/errors.ts';
import { CredentialSource } from './credentials.ts';
import { execCredentials, execSchema } from './exec-credentials.ts';

/** What it takes to speak with one cluster's API. Certificates and keys are PEM. */
export interface ClusterAccess {
  /** `https://127.0.0.1:6443`, perhaps with a path below which the API is. */
  server: string;
  certificateAuthority?: string;
  clientCertificate?: string;
  clientKey?: string;
  token?: string;
  /** The name to expect in the server's certificate, where it is not the host of `server`. */
  tlsServerName?: string;
  insecureSkipTlsVerify?: boolean;
  /** Credentials that end: they go before a token and a certificate of the file. */
  credentials?: CredentialSource;
}

const clusterSchema = z.strictObject({
  server: z.url(),
  'certificate-authority': z.string().optional(),
  'certificate-authority-data': z.base64().optional(),
  'tls-server-name': z.string().optional(),
  'insecure-skip-tls-verify': z.boolean().optional(),
  'disable-compression': z.boolean().optional(),
  extensions: z.unknown().optional(),
});

const userSchema = z.strictObject({
  'client-certificate': z.string().optional(),
  'client-certificate-data': z.base64().optional(),
  'client-key': z.string().optional(),
  'client-key-data': z.base64().optional(),
  token: z.string().optional(),
  tokenFile: z.string().optional(),
  exec: execSchema.optional(),
  extensions: z.unknown().optional(),
});

// Entries that the current context does not name may hold anything.
const entries = z
  .array(z.looseObject({ name: z.string() }))
  .nullish()
  .transform((list) => list ?? []);

const kubeconfigSchema = z.looseObject({
  'current-context': z.string().nullish(),
  contexts: entries,
  clusters: entries,
  users: entries,
});

const contextSchema = z.looseObject({ cluster: z.string(), user: z.string() });

/** A context of a kubeconfig, and what it takes to speak with its cluster. */
export interface KubeContext {
  /** The context's name. */
  context: string;
  access: ClusterAccess;
}

/**
 * Reads a context of a kubeconfig, the current one unless another is named, files that it points to included
 * (relative to its own folder).
 * https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/
 * @throws HarnessError `DUALVIP_KUBECONFIG_UNREADABLE` for a file that cannot be read,
 *   `DUALVIP_KUBECONFIG_INVALID` for one that is not a kubeconfig or asks for what we cannot do (a proxy);
 *   UsageError `DUALVIP_CONTEXT_UNKNOWN`
 */
export async function readContext(file: string, named?: string): Promise<KubeContext> {
  const config = readPart(file, 'kubeconfig', kubeconfigSchema, parseYaml(file, await readText(file, file)));
  const pick = (list: readonly Record<string, unknown>[], what: string, name: string): unknown => {
    const entry = list.find((candidate) => candidate['name'] === name);
    if (entry) return entry[what];
    throw invalid(file, `there is no ${what} named "${name}"`);
  };
  const contextName = named ?? config['current-context'];
  if (!contextName) throw contextUnknown(file, 'no current context is set', config.contexts);
  if (named !== undefined && !config.contexts.some(({ name }) => name === named)) {
    throw contextUnknown(file, `there is no context named "${named}"`, config.contexts);
  }
  const context = readPart(
    file,
    `context "${contextName}"`,
    contextSchema,
    pick(config.contexts, 'context', contextName),
  );
  const cluster = readPart(
    file,
    `cluster "${context.cluster}"`,
    clusterSchema,
    pick(config.clusters, 'cluster', context.cluster),
  );
  const user = readPart(file, `user "${context.user}"`, userSchema, pick(config.users, 'user', context.user));

  const folder = path.dirname(file);
  const readReferred = (reference: string) => readText(file, path.resolve(folder, reference));
  // Data goes before a file, and a token's file before the token, as in client-go.
  const pem = async (data: string | undefined, reference: string | undefined) =>
    data === undefined
      ? reference && (await readReferred(reference))
      : Buffer.from(data, 'base64').toString();
  const certificateAuthority = await pem(
    cluster['certificate-authority-data'],
    cluster['certificate-authority'],
  );
  const clientCertificate = await pem(user['client-certificate-data'], user['client-certificate']);
  const clientKey = await pem(user['client-key-data'], user['client-key']);
  const { token, tokenFile } = user;
  // Whoever writes the file renews the token in it.
  if (tokenFile) await readReferred(tokenFile);
  const ofFile =
    tokenFile &&
    new CredentialSource(async () => ({ credentials: { token: (await readReferred(tokenFile)).trim() } }));
  const credentials = user.exec
    ? execCredentials({ program: user.exec, folder, cluster: clusterInfo(cluster, certificateAuthority) })
    : ofFile;
  return {
    context: contextName,
    access: {
      server: cluster.server,
      ...(certificateAuthority ? { certificateAuthority } : {}),
      ...(clientCertificate ? { clientCertificate } : {}),
      ...(clientKey ? { clientKey } : {}),
      ...(token && !credentials ? { token } : {}),
      ...(cluster['tls-server-name'] ? { tlsServerName: cluster['tls-server-name'] } : {}),
      ...(cluster['insecure-skip-tls-verify'] ? { insecureSkipTlsVerify: true } : {}),
      ...(credentials ? { credentials } : {}),
    },
  };
}

/** The current context of a kubeconfig, or the one that is named. @throws as `readContext` */
export async function readKubeconfig(file: string, context?: string): Promise<ClusterAccess> {
  return (await readContext(file, context)).access;
}

/** As in client.authentication.k8s.io/v1, Cluster. */
function clusterInfo(cluster: z.output<typeof clusterSchema>, authority: string | undefined) {
  return {
    server: cluster.server,
    ...(cluster['tls-server-name'] ? { 'tls-server-name': cluster['tls-server-name'] } : {}),
    ...(cluster['insecure-skip-tls-verify'] ? { 'insecure-skip-tls-verify': true } : {}),
    ...(authority ? { 'certificate-authority-data': Buffer.from(authority).toString('base64') } : {}),
  };
}

function contextUnknown(file: string, problem: string, contexts: readonly { name: string }[]): UsageError {
  const names = contexts.map(({ name }) => name);
  return new UsageError('DUALVIP_CONTEXT_UNKNOWN', `kubeconfig ${file}: ${problem}`, {
    hint: names.length > 0 ? `Name one by --context: ${names.join(', ')}.` : 'It has no context at all.',
  });
}

async function readText(kubeconfig: string, file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new HarnessError('DUALVIP_KUBECONFIG_UNREADABLE', `kubeconfig ${kubeconfig}: ${messageOf(error)}`, {
      cause: error,
      hint: 'Create the cluster first, or name the kubeconfig of one that runs.',
    });
  }
}

function parseYaml(file: string, text: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    throw invalid(file, messageOf(error), error);
  }
}

function readPart<S extends z.ZodType>(file: string, part: string, schema: S, value: unknown): z.output<S> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const unknown = result.error.issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys' ? issue.keys : [],
  );
  throw invalid(
    file,
    unknown.length > 0
      ? `${part} uses ${unknown.join(', ')}, which dualvip does not support`
      : `${part}: ${z.prettifyError(result.error)}`,
    result.error,
  );
}

function invalid(file: string, problem: string, cause?: unknown): HarnessError {
  return new HarnessError('DUALVIP_KUBECONFIG_INVALID', `kubeconfig ${file}: ${problem}`, {
    cause,
    hint: 'Use a kubeconfig with a client certificate, a token or a program for credentials (exec), and no proxy.',
  });
}

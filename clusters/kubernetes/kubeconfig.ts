import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { parse } from 'yaml';
import { z } from 'zod';

import { HarnessError, messageOf } from '../../base/errors.ts';

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
  extensions: z.unknown().optional(),
});

// Entries that the current context does not name may hold anything.
const entries = z
  .array(z.looseObject({ name: z.string() }))
  .nullish()
  .transform((list) => list ?? []);

const kubeconfigSchema = z.looseObject({
  'current-context': z.string().min(1, 'no current context is set'),
  contexts: entries,
  clusters: entries,
  users: entries,
});

const contextSchema = z.looseObject({ cluster: z.string(), user: z.string() });

/**
 * Reads the current context of a kubeconfig, files that it points to included (relative to its own folder).
 * https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/
 * @throws HarnessError `DUALVIP_KUBECONFIG_UNREADABLE` for a file that cannot be read,
 *   `DUALVIP_KUBECONFIG_INVALID` for one that is not a kubeconfig or asks for what we cannot do (`exec`, a proxy).
 */
export async function readKubeconfig(file: string): Promise<ClusterAccess> {
  const config = readPart(file, 'kubeconfig', kubeconfigSchema, parseYaml(file, await readText(file, file)));
  const pick = (list: readonly Record<string, unknown>[], what: string, name: string): unknown => {
    const entry = list.find((candidate) => candidate['name'] === name);
    if (entry) return entry[what];
    throw invalid(file, `there is no ${what} named "${name}"`);
  };
  const contextName = config['current-context'];
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

  const readReferred = (reference: string) => readText(file, path.resolve(path.dirname(file), reference));
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
  const token = user.tokenFile ? (await readReferred(user.tokenFile)).trim() : user.token;
  return {
    server: cluster.server,
    ...(certificateAuthority ? { certificateAuthority } : {}),
    ...(clientCertificate ? { clientCertificate } : {}),
    ...(clientKey ? { clientKey } : {}),
    ...(token ? { token } : {}),
    ...(cluster['tls-server-name'] ? { tlsServerName: cluster['tls-server-name'] } : {}),
    ...(cluster['insecure-skip-tls-verify'] ? { insecureSkipTlsVerify: true } : {}),
  };
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
    hint: 'Use a kubeconfig with a client certificate or a token, as `kind get kubeconfig` writes it.',
  });
}

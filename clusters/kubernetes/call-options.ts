/** How a patch's body is read: RFC 7396, Kubernetes' own, RFC 6902. */
export const PATCH_TYPES = {
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  json: 'application/json-patch+json',
} as const;

export interface CallOptions {
  signal?: AbortSignal | undefined;
}

export interface WriteOptions extends CallOptions {
  /** Who owns the fields that are set, in managedFields. */
  fieldManager?: string;
  /** Checks, admission included, and stores nothing. */
  dryRun?: boolean;
}

export interface ApplyOptions extends WriteOptions {
  /** Takes over fields that another manager owns. */
  force?: boolean;
}

export interface DeleteOptions extends CallOptions {
  propagationPolicy?: 'Foreground' | 'Background' | 'Orphan';
  gracePeriodSeconds?: number;
}

export interface PatchOptions extends WriteOptions {
  type: keyof typeof PATCH_TYPES;
}

export interface Selection {
  /** All namespaces, when left out. */
  namespace?: string | undefined;
  labelSelector?: string | undefined;
  fieldSelector?: string | undefined;
}

export interface LogOptions extends CallOptions {
  container?: string;
  follow?: boolean;
  tailLines?: number;
  /** RFC 3339 before each line. */
  timestamps?: boolean;
}

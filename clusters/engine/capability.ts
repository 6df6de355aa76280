/** Bit numbers of linux/capability.h. */
export const SYS_RESOURCE = 24;

/**
 * Whether the bounding set of a process holds a capability. What is not in it, no child can ever get, so a
 * container with `--privileged` lacks it too.
 * @param status the text of /proc/<pid>/status, see proc_pid_status(5)
 */
export function hasCapability(status: string, bit: number): boolean {
  const mask = /^CapBnd:\s*([0-9a-f]+)$/m.exec(status)?.[1];
  return mask !== undefined && ((BigInt(`0x${mask}`) >> BigInt(bit)) & 1n) === 1n;
}

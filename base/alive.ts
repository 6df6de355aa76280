/** Whether a process of that id lives, also another user's. */
export function isAlive(pid: number): boolean {
  try {
    // Signal 0 asks and sends nothing (kill(2)).
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

import { readFileSync, readlinkSync } from 'node:fs';

/** What tells a process from all others, where the system says so (Linux). */
export interface ProcessIdentity {
  /** Where its number counts: boot and namespace of processes. */
  readonly space: string;
  /** When it started, in ticks since boot. */
  readonly start: string;
}

export function processIdentity(pid: number): ProcessIdentity | undefined {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const start = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
    return { space: `${boot}/${readlinkSync('/proc/self/ns/pid')}`, start };
  } catch {
    return undefined;
  }
}

export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

import type { ChildProcess } from 'node:child_process';

/**
 * What a thread that works and the one that hears signals have in common. The first says by it when it must not be ended, and
 * what would be left behind if it were.
 */
export interface Interruption {
  /** `[0]`: free, busy or ended, see below; `[1]`: 1 once trees were written. */
  readonly state: Int32Array;
  /** Called with what a run has made for itself, and again when it is gone. */
  tell(held: Held): void;
}

/** A program that was started, or a folder for a time; `isGone`: it has ended, or is removed. */
export type Held = { readonly isGone: boolean } & ({ readonly pid: number } | { readonly folder: string });

/** May be ended at any moment. */
const free = 0;
/** Does what is done in full or not at all. */
const busy = 1;
/** Will be ended: nothing begins any more that is done in full or not at all. */
const ended = 2;

export const newState = (): Int32Array => new Int32Array(new SharedArrayBuffer(8));

let current: Interruption = { state: newState(), tell: () => undefined };
let depth = 0;

/** Says who hears the signals of what is done from here on. */
export function connect(interruption: Interruption): void {
  current = interruption;
  depth = 0;
}

/** Does what a signal must not end midway. */
export function uninterrupted<T>(work: () => T): T {
  enter();
  try {
    return work();
  } finally {
    leave();
  }
}

/** The same for what takes turns; programs that it has started are ended by a signal, and it goes on from there. */
export async function uninterruptedUntil<T>(work: () => Promise<T>): Promise<T> {
  enter();
  try {
    return await work();
  } finally {
    leave();
  }
}

function enter(): void {
  depth += 1;
  const { state } = current;
  if (depth === 1 && Atomics.compareExchange(state, 0, free, busy) === ended) Atomics.wait(state, 0, ended);
}

function leave(): void {
  depth -= 1;
  if (depth === 0) Atomics.store(current.state, 0, free);
}

/** True when the other thread is where it may be ended, and stays there; else it is to be asked again. */
export const mayEnd = (state: Int32Array): boolean => Atomics.compareExchange(state, 0, free, ended) !== busy;

/** Trees were written. */
export const markWritten = (): void => void Atomics.store(current.state, 1, 1);

export const isWritten = (state: Int32Array): boolean => Atomics.load(state, 1) === 1;

/** A program ends with the run that has started it. */
export function endWithRun<C extends ChildProcess>(child: C): C {
  const { pid } = child;
  if (pid === undefined) return child;
  current.tell({ pid, isGone: false });
  child.once('exit', () => current.tell({ pid, isGone: true }));
  return child;
}

export const holdFolder = (folder: string, isGone = false): void => current.tell({ folder, isGone });

import type { CatalogFiles } from './core/catalog.ts';
import type { FileStamp, FinishedCluster } from './core/runCache.ts';
import type { Change } from './model/model.ts';

/** The file system below the repository root; paths are relative to it, with `/`. */
export interface Files {
  readonly root: string;
  exists(path: string): boolean;
  /** Throws ToolError file/unreadable, file/outside or yaml/too-large. */
  read(path: string): string;
  /** Files below a folder, sorted; empty when it does not exist. `extensions` without: all. Symlinks out are ToolErrors. */
  list(folder: string, extensions?: readonly string[]): readonly string[];
  folders(folder: string): readonly string[];
  /** Stamps of a folder, and of every file and folder below it, in the order of paths; nothing is read. */
  stamps(folder: string): readonly FileStamp[];
  /** Whether files and folders are what they were when these stamps were taken. */
  areUnchanged(stamps: readonly FileStamp[]): boolean;
  /** The run cache: files that may be lost at any time. Failing to write it is not an error. */
  readCache(name: string): string | undefined;
  writeCache(name: string, text: string): void;
  /** Writes all changes or none: on any error, and after an interrupted run, the files are what they were. */
  publish(changes: readonly Change[]): void;
  /** True when this run has published. */
  readonly hasPublished: boolean;
  /** Writes one new file that is not part of a tree; refuses to overwrite. */
  create(path: string, text: string): void;
  write(path: string, text: string): void;
}

export interface CommitRequest {
  readonly paths: readonly string[];
  readonly message: string;
}

export interface Git {
  isRepository(): Promise<boolean>;
  /** Every file below the folders at a revision; undefined when the revision does not exist. */
  filesAt(revision: string, folders: readonly string[]): Promise<CatalogFiles | undefined>;
  currentBranch(): Promise<string>;
  switchTo(branch: string): Promise<void>;
  /** Paths below the folders that differ from HEAD or are untracked. */
  changed(folders: readonly string[]): Promise<readonly string[]>;
  /** Commits exactly these paths; the new commit's id, or undefined when there is nothing to commit. */
  commit(request: CommitRequest): Promise<string | undefined>;
  push(branch: string): Promise<'pushed' | 'rejected'>;
  /** Takes the remote's commits under ours; throws ToolError git/rejected and restores the branch on a conflict. */
  rebase(branch: string): Promise<void>;
  head(): Promise<string | undefined>;
  version(): Promise<string>;
}

export interface Log {
  /** A message for people, on stderr. */
  info(message: string): void;
  detail(message: string): void;
  progress(label: string, done: number, total: number): void;
  clearProgress(): void;
}

/** Threads that put clusters through the stages side by side. */
export interface Workers {
  /** One thread per list of cluster names; undefined where threads cannot be started (running from source). */
  finish(slices: readonly (readonly string[])[]): Promise<readonly FinishedCluster[]> | undefined;
}

/** Other programs (kubectl, helm). */
export interface Processes {
  /** Runs a program to its end, no shell between; throws ToolError tool/missing when it cannot be started. */
  run(
    program: string,
    args: readonly string[],
    input?: string,
  ): Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }>;
}

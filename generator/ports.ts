import type { Diagnostic } from './model/diagnostic.ts';
import type { CatalogFiles, Change } from './model/model.ts';
import type { FinishedCluster, FileStamp } from './model/finished.ts';
import type { FileCommit } from './model/drift.ts';
import type { ValueMap } from './model/values.ts';
import type { CatalogSource, MountedCatalogs } from './model/fleet.ts';
import type { BundleEntry } from './model/bundle.ts';

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
  /** Writes all changes of trees or none: on any error, and after an interrupted run, the files are what they were. */
  publish(changes: readonly Change[]): void;
  /** Writes all of these files (path → text, undefined: removed) or none, over what stands there, as publish does. */
  writeAll(texts: ReadonlyMap<string, string | undefined>): void;
  /** The same for files that must not be there yet: one that is there is a ToolError file/write. */
  createAll(texts: ReadonlyMap<string, string>): void;
  /**
   * Puts back what an interrupted run left; whatever writes does so first. Until then files are read as if it were done, so
   * that a command that only looks changes nothing.
   */
  settle(): void;
  /** What there is to say of runs that were interrupted: what was put back, or would be, and what stays as it was changed. */
  notes(): readonly Diagnostic[];
}

export interface CommitRequest {
  readonly paths: readonly string[];
  /** By the paths that differ from the commit before. */
  message(paths: readonly string[]): string;
}

/** A commit of texts, whatever stands in the work tree. */
export interface TextsCommitRequest {
  /** Made on top of HEAD when it is not there. */
  readonly branch: string;
  /** By path; undefined: removed. */
  readonly texts: ReadonlyMap<string, string | undefined>;
  readonly message: CommitRequest['message'];
  /** Writes the same texts into the work tree: called when the branch is checked out here, once nothing can refuse the commit. */
  write(): void;
  /** Takes that back, when the branch has moved meanwhile. */
  undo(): void;
}

export interface Committed {
  readonly id: string;
  /** The paths that differ from the commit before. */
  readonly paths: readonly string[];
}

export interface Pushed {
  /** `behind`: the remote has commits that are not here, and nothing was pushed. */
  readonly state: 'pushed' | 'behind';
  /** The branch there, with the remote before it unless that is origin. */
  readonly to: string;
}

/** What git knows of a repository and of the folder in it that we work in. */
export interface GitFacts {
  /** From the top of the repository to the folder; '' for the top. */
  readonly path: string;
  /** With every address that one has; origin first. They may hold passwords. */
  readonly remotes: readonly { readonly name: string; readonly urls: readonly string[] }[];
  /** The branch that is checked out, though it may have no commit; undefined when HEAD is detached. */
  readonly branch: string | undefined;
  /** All that are known here, those of remotes too, without the names of those. */
  readonly branches: ReadonlySet<string>;
  /** What origin checks out for whoever clones it, where that is known. */
  readonly defaultBranch: string | undefined;
  /** True when the history is cut off, and with it most likely the branches. */
  readonly isShallow: boolean;
}

/** Three texts of one file, and what the outer two are called between the marks of a conflict. */
export interface MergeRequest {
  readonly ours: string;
  readonly base: string;
  readonly theirs: string;
  readonly labels: { readonly ours: string; readonly base: string; readonly theirs: string };
}

export interface Git {
  /** Undefined without git, or outside of a repository that it reads. */
  facts(): Promise<GitFacts | undefined>;
  /** The commit that changed a file last; undefined: none did. */
  lastCommit(path: string): Promise<FileCommit | undefined>;
  /** Throws ToolError git/unsafe-folder or git/failed where there is a repository that git does not read. */
  isRepository(): Promise<boolean>;
  /** True when the history is cut off: revisions may be missing that the remote has. */
  isShallow(): Promise<boolean>;
  /** Every file below the folders at a revision; undefined when the revision does not exist. */
  filesAt(revision: string, folders: readonly string[]): Promise<CatalogFiles | undefined>;
  /** The text of every file below the folders in the last commit, here or of a branch; undefined where there is none. */
  committed(folders: readonly string[], branch?: string): Promise<CatalogFiles | undefined>;
  /** The commit that a revision names (branch, tag, id, HEAD~2); undefined when there is none. */
  commitOf(revision: string): Promise<string | undefined>;
  /** Paths below the folders that differ between a commit and the working tree; files that git does not know count. */
  changedSince(commit: string, folders: readonly string[]): Promise<readonly string[]>;
  /** The texts of these paths at a commit; what was not there is left out. */
  textsAt(commit: string, paths: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** Undefined when HEAD is detached. */
  currentBranch(): Promise<string | undefined>;
  /** To a branch, which is made when it is not there, or to a commit. */
  switchTo(branch: string): Promise<void>;
  /** Paths below the folders that differ from HEAD or are untracked; `withIgnored`: also those that git ignores. */
  changed(folders: readonly string[], withIgnored?: boolean): Promise<readonly string[]>;
  /** Files below a folder that git has with LF and that its checkout gave CRLF (autocrlf, eol=crlf), unedited since. */
  checkedOutWithCrlf(folder: string): Promise<ReadonlySet<string>>;
  /**
   * Commits exactly these paths, whatever else is staged; undefined when they are as in HEAD. Throws ToolError git/hook,
   * git/in-progress, git/locked, git/moved or git/failed, and then nothing is committed.
   */
  commit(request: CommitRequest): Promise<Committed | undefined>;
  /** Ends a rebase that a run of ours began and that was killed with it, where nothing was changed since. */
  settle(): Promise<void>;
  /**
   * Commits these texts on a branch without leaving the one that is checked out; undefined when the branch has them. Throws as
   * commit does, and ToolError git/failed for a name that is none of a branch, git/in-use for a branch of another work tree.
   */
  commitTexts(request: TextsCommitRequest): Promise<Committed | undefined>;
  /** What both sides made of a base, line by line; `conflicts`: how often they changed the same lines, which are marked in the text. */
  mergeTexts(request: MergeRequest): Promise<{ readonly text: string; readonly conflicts: number }>;
  /** Pushes HEAD to where git would push the branch; throws ToolError git/refused, git/hook, git/push-target, git/failed. */
  push(branch: string): Promise<Pushed>;
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

/** What a thread made of its clusters. */
export interface ThreadResult {
  readonly clusters: readonly FinishedCluster[];
  /** Milliseconds by stage. */
  readonly timings: Readonly<Record<string, number>>;
}

/** Threads that put clusters through the stages side by side. */
export interface Workers {
  /** How many threads are started where nobody says: one per core, at most 8. */
  readonly usual: number;
  /**
   * One thread per list of cluster names, with a context made of the same options; undefined where threads cannot be started (running from source). `then`: files that
   * are read as these texts in place of what stands in the folder (undefined: as not there).
   */
  finish(
    slices: readonly (readonly string[])[],
    then?: ReadonlyMap<string, string | undefined>,
  ): Promise<readonly ThreadResult[]> | undefined;
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

/** A chart by where it is fetched from; `repository` has one of the forms of charts/source.ts. */
export interface ChartReference {
  readonly repository: string;
  readonly name: string;
  readonly version: string;
  /** Whose chart it is, for messages. */
  readonly component?: string;
}

/** A chart package on this machine. */
export interface ChartPackage {
  readonly name: string;
  readonly version: string;
  /** Absolute path of the package (.tgz). */
  readonly file: string;
  /** SHA-256 of the package, hex. */
  readonly digest: string;
}

/** What a package holds that is of use without rendering it. */
export interface ChartContents {
  /** Its files of text by path below the chart's folder; those of subcharts too (`charts/x/values.yaml`), packed or not. */
  readonly files: ReadonlyMap<string, string>;
}

/** The charts of this machine: packages by content, shared by all clusters and repositories. */
export interface Charts {
  /** The package when it is here already; never asks the network. A changed digest is a ToolError chart/digest. */
  find(chart: ChartReference, digest?: string): Promise<ChartPackage | undefined>;
  /** The same, and fetches what is not here. Throws ToolError chart/…, offline too. */
  fetch(chart: ChartReference, digest?: string): Promise<ChartPackage>;
  /** Fetches it although it may be here: what its repository has now. */
  refetch(chart: ChartReference): Promise<ChartPackage>;
  /** Versions that its repository offers, newest first. */
  versions(chart: ChartReference): Promise<readonly string[]>;
  read(chart: ChartPackage): Promise<ChartContents>;
}

/** The files of a catalog, by path from its top. */
export interface CatalogPackage {
  readonly files: CatalogFiles;
  /** See digestOfCatalog: hex. */
  readonly digest: string;
}

/** Catalogs by their sources, kept on this machine by content. Folders of the repository are none of them. */
export interface Catalogs {
  /** The catalog that comes with the program. */
  readonly own: CatalogSource;
  /** What has this digest, when it is here already; never asks the network. */
  find(source: CatalogSource, digest: string): Promise<CatalogPackage | undefined>;
  /** The same, and fetches what is not here. Throws ToolError catalog/source, catalog/digest. */
  fetch(source: CatalogSource, digest?: string): Promise<CatalogPackage>;
  /** The version of its package that is installed here: with the program, or in node_modules; undefined where none is. */
  installed(source: CatalogSource): Promise<string | undefined>;
  /** Versions that there are of it, newest first; none for a source that has only digests. Throws ToolError catalog/source. */
  versions(source: CatalogSource): Promise<readonly string[]>;
}

export interface HelmRequest {
  readonly chart: ChartPackage;
  readonly release: string;
  readonly namespace: string;
  readonly values: ValueMap;
  /** x.y.z, without v. */
  readonly kubeVersion: string;
  /** Beside those that Helm knows by itself: `group/version` and `group/version/Kind`. */
  readonly apiVersions: readonly string[];
  readonly skipCrds: boolean;
  /** TZ of the program, so that two renderings have different clocks; only a process heeds it. */
  readonly timeZone?: string;
}

/** Text that one template rendered to: one document or several. */
export interface HelmText {
  /** Path of the template, from the chart's name on: `cert-manager/templates/service.yaml`. */
  readonly source: string;
  readonly text: string;
  /** From the folder crds/ of a chart: printed before everything else, and not rendered. */
  readonly isCrd: boolean;
  /** True for a document that Helm has split and sorted already (the helm program); else the text is as it was rendered. */
  readonly isSplit?: boolean;
}

export interface HelmResult {
  readonly texts: readonly HelmText[];
  /** Names of the impure functions that were called (now, randAlphaNum, lookup …), sorted; undefined: this Helm cannot tell. */
  readonly impure: readonly string[] | undefined;
  readonly warnings: readonly string[];
}

/** Helm refused: its own words, without `Error: ` before them. */
export interface HelmFailure {
  readonly error: string;
}

/** What Helm makes of a chart: `helm template --include-crds --skip-tests`, nothing of a cluster or of the network. */
export interface Helm {
  /** The version it renders with: `v4.2.3`. */
  readonly version: string;
  readonly kind: 'engine' | 'process';
  /** Throws ToolError helm/timeout, helm/memory or helm/too-large when a chart takes more than it may, tool/failed else. */
  template(request: HelmRequest): Promise<HelmResult | HelmFailure>;
  /** Ends the programs it started. */
  close(): void;
}

/** Results that can be had again, by a key that says all they depend on; shared by runs, and any of them may be gone. */
export interface Store {
  get(key: string): string | undefined;
  put(key: string, text: string): void;
  counts(): { readonly hits: number; readonly misses: number };
  /** Keeps it within its size; called at the end of a run. */
  trim(): void;
}

/** What an API server answered: any status that is about the request, and the JSON it sent. */
export interface ApiAnswer {
  readonly status: number;
  readonly body: ValueMap;
}

/** A cluster, to look at: nothing here can change it. */
export interface Kubernetes {
  readonly context: string;
  readonly server: string;
  /**
   * Statuses of success, and 403, 404, 409, 410, 422 and what else is about one object. Throws ToolError drift/unreachable,
   * drift/refused (401) or drift/answer for what is about the cluster; tries again what may pass.
   */
  get(path: string): Promise<ApiAnswer>;
  /** The same, with all kinds of all groups in one answer (APIGroupDiscoveryList), which `/api` and `/apis` have for who asks so. */
  discover(path: '/api' | '/apis'): Promise<ApiAnswer>;
  /** The metadata of every object of a collection, page by page; the status says what stopped it. */
  listMetadata(path: string): Promise<{ readonly status: number; readonly items: readonly ValueMap[] }>;
  /** What applying an object from the server's side, as this manager, would come to; a dry run stores nothing. */
  predict(path: string, object: ValueMap, manager: string): Promise<ApiAnswer>;
  counts(): { readonly requests: number; readonly bytes: number };
  close(): void;
}

export interface KubernetesOptions {
  /** Of the kubeconfig; undefined: its current one, or in a pod the service account. */
  readonly context: string | undefined;
  /** Requests per second, at most. */
  readonly qps: number;
}

/** Files of this machine that a command is pointed at. */
export interface Anywhere {
  /** The text of any file on this machine, gunzipped. */
  readAnywhere(path: string): string;
  /** A file itself, or the YAML and JSON files below a folder, sorted. */
  listAnywhere(path: string): readonly string[];
  existsAnywhere(path: string): boolean;
  /** The absolute path of what may be relative to `from`. */
  absolute(path: string, from: string): string;
  /** Writes a file of this machine, over what is there; a relative path begins at `from`. Throws ToolError file/write. */
  writeAnywhere(path: string, text: string, from: string): void;
  /** What is fed to the program. */
  readInput(): string;
}

/** Where `init` makes a fleet. Paths begin at the top of the git repository that the folder is in, or else at the folder. */
export interface FleetFolder {
  /** Undefined where there is no repository yet. */
  readonly git: GitFacts | undefined;
  /** The folder of the fleet; '' for the top. */
  readonly path: string;
  /** The last part of its full path. */
  readonly name: string;
  has(path: string): boolean;
  /** Undefined where there is none. Throws ToolError file/unreadable. */
  read(path: string): string | undefined;
  /** Writes all of these files or none; `before` has what those that are there hold. Throws ToolError file/write. */
  write(before: ReadonlyMap<string, string>, texts: ReadonlyMap<string, string>): void;
}

/** Questions to people; whoever stops them ends the program as Ctrl+C does. */
export interface Prompt {
  /** `problem` says in a sentence why an answer will not do. */
  text(question: string, initial: string, problem: (answer: string) => string | undefined): Promise<string>;
  choose(question: string, choices: readonly string[], initial: string): Promise<string>;
}

/** The schemas/ folders of the repository and of the program; the repository's own files win. */
export interface SchemaFolders {
  /** A JSON file of schemas/. */
  schemaJson(path: string): unknown;
  /** Versions of a custom resource that schemas/crds/ has and that are served, sorted. */
  crdVersions(group: string, kind: string): readonly string[];
  /** The minors of Kubernetes that there are schemas of, oldest first. */
  kubernetesMinors(): readonly string[];
}

/** How a context is made, as plain data: the contexts of threads are made of the same. */
export interface ContextOptions {
  readonly quiet: boolean;
  readonly verbose: boolean;
  /** Whether stderr is a terminal, where progress is shown. */
  readonly isTerminal?: boolean;
  /** Touch no network. */
  readonly offline?: boolean;
}

/** Everything a command may touch; the only place that builds adapters. */
export interface Context extends SchemaFolders, Anywhere {
  readonly files: Files;
  /** What there is to say of runs that were interrupted before, see Files. */
  notes(): readonly Diagnostic[];
  /** Secrets that the run has met in specs and objects: nothing that is printed may hold them. */
  readonly secrets: Set<string>;
  readonly git: Git;
  readonly log: Log;
  readonly workers: Workers;
  readonly processes: Processes;
  /** The Helm that renders charts, chosen when first asked for: the chart engine, the helm program, or undefined. */
  helm(): Promise<Helm | undefined>;
  /** Packages of charts; built when first used. */
  readonly charts: Charts;
  readonly catalogs: Catalogs;
  /** The catalogs that stand as catalog/ in `files`; undefined where the repository has that folder, or needs none. */
  readonly mounted?: MountedCatalogs;
  /** The context without them: what really stands in the repository. */
  readonly unmounted?: Context;
  /** The files of the catalog that `spec.catalog` names, from catalog/ on; undefined when there is none. */
  pinnedCatalog(pin: string): Promise<CatalogFiles | undefined>;
  /** A cluster by its kubeconfig context. Throws ToolError drift/context. */
  kubernetes(options: KubernetesOptions): Promise<Kubernetes>;
  /** Folder of the program itself: its schemas and catalog, for `init` and as a fallback. */
  readonly home: string;
  /** What Helm made before, by everything it depends on. */
  readonly renders: Store;
  /** The folder of a fleet that is to be made, anywhere on this machine. */
  fleetFolder(folder: string): Promise<FleetFolder>;
  /** Undefined where there is nobody to ask: not on a terminal. */
  readonly prompt: Prompt | undefined;
  /** Throws UsageError unless a folder, anywhere on this machine, is empty or not there. */
  refuseFullFolder(folder: string): void;
  /** Writes a folder for a site without internet, with its SHA256SUMS: in full or not at all. */
  writeBundle(folder: string, entries: ReadonlyMap<string, BundleEntry>): void;
  /** The text behind an http(s) address; undefined when there is nothing. Throws ToolError schema/unreachable. */
  fetchText(url: string): Promise<string | undefined>;
  /** What identifies this build of the program, and the schemas that come with it. */
  programStamp(): string;
  now(): number;
  /** Lets what waits happen: where a command has no thread of its own, signals are heard here and nowhere else in long work. */
  turn(): Promise<void>;
  pause(milliseconds: number): Promise<void>;
  env(name: string): string | undefined;
}

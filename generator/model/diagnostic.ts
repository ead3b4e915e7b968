import type { DiagnosticCode } from './codes.ts';

/** A place in a file: `file` relative to the repository root, `line` and `col` from 1. */
export interface Location {
  readonly file: string;
  readonly line: number;
  readonly col: number;
  readonly endCol?: number;
  /** None where nothing of the source may be shown, as of a Secret. */
  readonly excerpt?: Excerpt;
}

/** The lines around a place; index 0 is line `firstLine`, and each begins with column `firstCol`. */
export interface Excerpt {
  readonly firstLine: number;
  readonly firstCol: number;
  readonly lines: readonly string[];
}

export interface Related {
  readonly message: string;
  readonly at?: Location;
}

export type Severity = 'error' | 'warning';

/** One finding: what is wrong, where the user can fix it, and what to do next. */
export interface Diagnostic {
  readonly code: DiagnosticCode;
  readonly severity: Severity;
  readonly message: string;
  readonly hint?: string;
  readonly at?: Location;
  readonly related?: readonly Related[];
  readonly cluster?: string;
  readonly component?: string;
  /** Names of the objects it is about, for silencing it. */
  readonly names?: readonly string[];
}

/** The result of a stage: it runs to its end and says everything it found. */
export interface Outcome<T> {
  readonly value?: T;
  readonly diagnostics: readonly Diagnostic[];
}

/** The findings with other names for the files that they are in, related places too. */
export function withPlaces(
  diagnostics: readonly Diagnostic[],
  placeOf: ((file: string) => string) | undefined,
): readonly Diagnostic[] {
  if (placeOf === undefined) return diagnostics;
  const at = <T extends { readonly at?: Location }>(found: T): T =>
    found.at === undefined ? found : { ...found, at: { ...found.at, file: placeOf(found.at.file) } };
  return diagnostics.map((d) => ({ ...at(d), ...(d.related === undefined ? {} : { related: d.related.map(at) }) }));
}

export function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some((d) => d.severity === 'error');
}

/** The command line is wrong: exit code 64. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly hint: string | undefined;
  constructor(message: string, hint?: string) {
    super(message);
    this.hint = hint;
  }
}

/** The world outside refused (file system, git, network): exit code 1; `code` says which page of docs/errors.md. */
export class ToolError extends Error {
  override readonly name = 'ToolError';
  readonly code: DiagnosticCode;
  readonly hint: string | undefined;
  /** The file or folder it is about, relative to the repository root. */
  readonly file: string | undefined;
  constructor(code: DiagnosticCode, message: string, hint?: string, about: { cause?: unknown; file?: string } = {}) {
    super(message, about.cause === undefined ? undefined : { cause: about.cause });
    this.code = code;
    this.hint = hint;
    this.file = about.file;
  }

  /** The same as a finding; what is about a whole file points at its start. */
  finding(): Diagnostic {
    return {
      code: this.code,
      severity: 'error',
      message: this.message,
      ...(this.hint === undefined ? {} : { hint: this.hint }),
      ...(this.file === undefined ? {} : { at: { file: this.file, line: 1, col: 1 } }),
    };
  }
}

/** Findings that a function could not carry on with; the driver reports them as they are. */
export class DiagnosticsError extends Error {
  override readonly name = 'DiagnosticsError';
  readonly diagnostics: readonly Diagnostic[];
  constructor(diagnostics: readonly Diagnostic[]) {
    super(diagnostics[0]?.message ?? 'findings');
    this.diagnostics = diagnostics;
  }
}

import { importSchemas } from '../../kubernetes/schemaFiles.ts';
import { ToolError } from '../../model/diagnostic.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import type { Result } from '../command.ts';
import type { SchemaImportInvocation } from './command.ts';
import { readSources } from './importSources.ts';
import { foreignLimits, readJson } from '../../yaml/limits.ts';

const whatToName =
  'Name a CRD, a folder of CRDs, a chart package, an OpenAPI document with --kubernetes, or a place of JSON schemas with --kinds.';

/** Derives the shapes that validation uses from what schemaSources.ts reads. */
export async function importSchema(invocation: SchemaImportInvocation): Promise<Result> {
  const { ctx, options } = invocation;
  const { kubernetes, provenance: index } = options;
  const kinds = options.kinds.length === 0 ? undefined : options.kinds;
  const provenance = index === undefined ? undefined : parseJson(index, ctx.readAnywhere(index));
  const { name, sources, notes: before, isPart } = await readSources(invocation, kinds);
  if (sources.length === 0)
    throw new ToolError('file/unreadable', [`${name} holds nothing to import.`, ...before].join(' '), whatToName, {
      file: name,
    });
  const imported = importSchemas(sources, {
    partial: isPart,
    existing: (path) => (ctx.files.exists(`schemas/${path}`) ? ctx.files.read(`schemas/${path}`) : undefined),
    ...(kubernetes === undefined ? {} : { kubernetes }),
    ...(kinds === undefined ? {} : { kinds }),
    ...(provenance === undefined ? {} : { provenance }),
  } as Parameters<typeof importSchemas>[1]);
  const { files, unread } = imported;
  const notes = [...before, ...imported.notes];
  if (unread.length > 0) return { diagnostics: unread.map(({ path, why }) => notYaml(path, why)) };
  if (files.size === 0)
    throw new ToolError('file/unreadable', `${name} holds nothing to import: ${notes.join('; ')}.`, whatToName, {
      file: name,
    });
  const strange = [...files.keys()].find((path) => path.split('/').includes('..') || /[^\w./-]/.test(path));
  if (strange !== undefined)
    throw new ToolError(
      'file/outside',
      `A group, kind or version in ${name} is no name: it gives ${strange}.`,
      'Correct the CRD.',
      { file: name },
    );
  ctx.files.writeAll(new Map([...files].map(([path, text]) => [`schemas/${path}`, text])));
  return {
    text: [...files.keys()].map((p) => `schemas/${p}`).join('\n'),
    data: { written: [...files.keys()], notes },
    diagnostics: imported.second.map(secondSchema),
    summary: [...notes, `Wrote ${files.size} files.`].join('\n'),
  };
}

function secondSchema({ path, gvk, first }: ReturnType<typeof importSchemas>['second'][number]): Diagnostic {
  return {
    code: 'tree/second-definition',
    severity: 'warning',
    message: `${gvk} is defined otherwise than in ${first}: this one was taken.`,
    at: { file: path, line: 1, col: 1 },
    hint: 'Import the one that the clusters have alone.',
  };
}

function notYaml(file: string, why: string): Diagnostic {
  return {
    code: 'yaml/syntax',
    severity: 'error',
    message: `Neither YAML nor JSON: ${why}. Nothing was written.`,
    at: { file, line: 1, col: 1 },
    hint: whatToName,
  };
}

function parseJson(file: string, text: string): unknown {
  try {
    return readJson(text, foreignLimits);
  } catch (error) {
    throw new ToolError(
      'file/unreadable',
      `${file} is not JSON: ${error instanceof Error ? error.message : String(error)}.`,
      'Name an index with files[] of path, repository, commit, version, licence and sha256.',
      { cause: error, file },
    );
  }
}

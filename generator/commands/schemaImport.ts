import { importSchemas } from '../core/schemaFiles.ts';
import { ToolError, UsageError } from '../model/diagnostic.ts';
import type { Invocation, Result } from './command.ts';

/** Derives the shapes that validation uses from a CRD, a folder of CRDs, or a Kubernetes OpenAPI document. */
export async function importSchema({ ctx, options }: Invocation, file: string | undefined): Promise<Result> {
  if (file === undefined)
    throw new UsageError('schema import needs a file or folder.', 'As in: slipway schema import crds/');
  const kubernetes = options['kubernetes'] as string | undefined;
  const kinds = typeof options['kinds'] === 'string' ? options['kinds'].split(',') : undefined;
  const provenance =
    typeof options['provenance'] === 'string'
      ? (JSON.parse(ctx.readAnywhere(options['provenance'])) as unknown)
      : undefined;
  const sources = ctx.listAnywhere(file).map((path) => ({ path, text: ctx.readAnywhere(path) }));
  if (sources.length === 0)
    throw new ToolError(
      'file/unreadable',
      `${file} holds no .yaml, .yml or .json file.`,
      'Name a CRD, a folder of CRDs, or an OpenAPI document with --kubernetes.',
    );
  const { files, notes } = importSchemas(sources, {
    existing: (path) => (ctx.files.exists(`schemas/${path}`) ? ctx.files.read(`schemas/${path}`) : undefined),
    ...(kubernetes === undefined ? {} : { kubernetes }),
    ...(kinds === undefined ? {} : { kinds }),
    ...(provenance === undefined ? {} : { provenance }),
  } as Parameters<typeof importSchemas>[1]);
  for (const [path, text] of files) ctx.files.write(`schemas/${path}`, text);
  return {
    text: [...files.keys()].map((p) => `schemas/${p}`).join('\n'),
    data: { written: [...files.keys()], notes },
    summary: [...notes, `Wrote ${files.size} files.`].join('\n'),
  };
}

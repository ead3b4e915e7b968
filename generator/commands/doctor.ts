import type { Diagnostic } from '../model/diagnostic.ts';
import { hasErrors } from '../model/diagnostic.ts';
import { createPipeline } from '../pipeline.ts';
import { table } from '../report/text.ts';
import { composed, printSchema } from './schema.ts';
import type { Invocation, Result } from './command.ts';

interface Check {
  readonly name: string;
  readonly ok: boolean;
  readonly found: string;
}

/** What Slipway needs of this machine and repository, and whether it is there. */
export async function doctor({ ctx }: Invocation): Promise<Result> {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const git = await ctx.git.version().catch(() => 'not found');
  const repository = await ctx.git.isRepository();
  const catalog = createPipeline(ctx).loadCatalog();
  const checks: Check[] = [
    {
      name: 'node',
      ok: major > 20 || (major === 20 && minor >= 19),
      found: `${process.versions.node} (20.19 or newer)`,
    },
    { name: 'git', ok: git !== 'not found', found: git },
    {
      name: 'repository',
      ok: repository,
      found: repository ? ctx.files.root : `${ctx.files.root} is not a git work tree`,
    },
    {
      name: 'catalog',
      ok: catalog.value !== undefined && !hasErrors(catalog.diagnostics),
      found:
        catalog.value === undefined
          ? 'none'
          : `${catalog.value.version}, ${catalog.value.capabilities.size} capabilities, ${catalog.value.components.size} components`,
    },
    { name: 'clusters', ok: true, found: `${ctx.files.list('clusters', ['.yaml', '.yml']).length} cluster specs` },
  ];
  if (catalog.value !== undefined && !hasErrors(catalog.diagnostics))
    checks.push(
      editorSchema(
        ctx.files.exists('schemas/cluster.schema.json') ? ctx.files.read('schemas/cluster.schema.json') : '',
        printSchema(composed(ctx, 'cluster')),
      ),
    );
  const diagnostics: Diagnostic[] = [...catalog.diagnostics];
  const bad = checks.filter((c) => !c.ok);
  for (const check of bad)
    diagnostics.push({
      code: 'internal',
      severity: 'error',
      message: `${check.name}: ${check.found}.`,
      hint: 'Mend this, then run `slipway doctor` again.',
    });
  return { text: table(checks.map((c) => [c.ok ? 'ok' : 'NOT OK', c.name, c.found])), data: checks, diagnostics };
}

function editorSchema(present: string, wanted: string): Check {
  return {
    name: 'editor schema',
    ok: present === wanted,
    found:
      present === wanted
        ? 'schemas/cluster.schema.json is current'
        : 'schemas/cluster.schema.json is not current: run slipway schema cluster --write',
  };
}

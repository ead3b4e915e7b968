import { hasErrors } from '../model/diagnostic.ts';
import { countText, many } from '../report/text.ts';
import { statsText } from './render.ts';
import { renderAndCompare } from './render.ts';
import type { Invocation, Result } from './command.ts';

/** Every problem of specs, catalog and tree in one run; writes nothing. */
export async function validate(invocation: Invocation): Promise<Result> {
  const { result, publishing } = await renderAndCompare(invocation, true, true);
  const handEdits = publishing.filter((d) => d.code !== 'publish/deletion');
  const diagnostics = [...result.diagnostics, ...handEdits];
  const checked = result.clusters.reduce(
    (sum, c) => ({ valid: sum.valid + (c.checked?.valid ?? 0), noSchema: sum.noSchema + (c.checked?.noSchema ?? 0) }),
    { valid: 0, noSchema: 0 },
  );
  const ok = hasErrors(diagnostics)
    ? ''
    : `, ${checked.valid} objects valid${checked.noSchema > 0 ? `, ${checked.noSchema} without schema` : ''}`;
  return {
    diagnostics,
    data: {
      clusters: result.clusters.map((c) => ({
        name: c.name,
        ok: c.tree !== undefined || c.cached !== undefined,
        checked: c.checked,
      })),
      checked,
    },
    summary: `${many(result.clusters.length, 'cluster')}${diagnostics.length === 0 ? `: ${countText(diagnostics)}` : ''}${ok}.${invocation.global.stats ? `\n${statsText(result.timings)}` : ''}`,
  };
}

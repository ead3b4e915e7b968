import type { Diagnostic } from '../model/diagnostic.ts';
import type { ClusterPlan } from '../model/model.ts';
import { silencesOf, silencesOfComponent, withoutSilenced } from '../plan/silence.ts';
import { templateSecrets } from '../validate/secrets/templates.ts';
import { catalogsOf } from './load.ts';
import type { Workspace } from './load.ts';

/** What a run rendered. */
interface RenderedBefore {
  readonly plans: readonly ClusterPlan[];
  /** Components of clusters whose objects this thread did not read: another one, or an earlier run, said what is in them. */
  readonly unread: readonly string[];
}

/** Secrets in the templates of every catalog in use, but for those that were found in what they render to. */
export function secretsInTemplates(
  workspace: Workspace,
  { plans, unread }: RenderedBefore,
  found: ReadonlySet<string>,
): readonly Diagnostic[] {
  const passed = new Set(unread);
  const silences = plans.flatMap(silencesOf);
  return catalogsOf(workspace).flatMap((catalog) => {
    const own = [...catalog.components].flatMap(([name, component]) => silencesOfComponent(name, component));
    const secrets = templateSecrets(catalog, (name, secret) => passed.has(name) || found.has(secret));
    return withoutSilenced(secrets, [...silences, ...own], new Set());
  });
}

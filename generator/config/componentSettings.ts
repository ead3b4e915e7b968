import type { Diagnostic } from '../model/diagnostic.ts';
import type { Catalog, CatalogComponent } from '../model/model.ts';
import type { Source } from '../model/source.ts';
import { asMap, isMap, pointerStep, valueAt } from '../model/values.ts';

/** Settings of a component that are about its chart. */
const ofCharts: readonly string[] = ['version', 'repository', 'values', 'delivery'];

/** Settings of its Application; what it has no manifests for has none. */
const ofApplications: readonly string[] = ['namespace', 'syncOptions', 'removal'];

/**
 * Settings below `components` of a spec or environment, or of the defaults of the catalog (`base`), that can have no effect on
 * their component, in any cluster.
 */
export function settingsWithoutEffect(source: Source, catalog: Catalog, base = '/spec'): Diagnostic[] {
  return Object.entries(asMap(valueAt(source.value, `${base}/components`))).flatMap(([name, settings]) => {
    const component = catalog.components.get(name);
    if (component === undefined || !isMap(settings)) return [];
    return Object.entries(asMap(settings)).flatMap(([key, value]): Diagnostic[] => {
      const problem = value === null ? undefined : problemOf(key, component);
      if (problem === undefined) return [];
      return [
        {
          code: 'spec/no-effect',
          severity: 'error',
          component: name,
          at: source.at(`${base}/components/${pointerStep(name)}/${pointerStep(key)}`, 'key'),
          ...problem,
        },
      ];
    });
  });
}

function problemOf(key: string, component: CatalogComponent): { message: string; hint: string } | undefined {
  if (component.chart !== undefined) return undefined;
  const { name, capability } = component;
  if (ofCharts.includes(key))
    return {
      message: `"${key}" has no effect on component "${name}", which has no chart.`,
      hint: `Use the options of ${capability} (\`slipway catalog show ${capability}\`), or patches to change a field of its objects.`,
    };
  const hasApplication = component.manifests.length > 0 || component.plain.length > 0;
  if (ofApplications.includes(key) && !hasApplication)
    return {
      message: `"${key}" has no effect on component "${name}", which has no Application.`,
      hint: 'Remove the key.',
    };
  if (key === 'namespace' && !readsNamespace(component))
    return {
      message: `"namespace" has no effect on component "${name}": each of its objects names a namespace of its own.`,
      hint: `Remove the key, and use the options of ${capability} (\`slipway catalog show ${capability}\`).`,
    };
  return undefined;
}

/** Whether any template asks for the namespace of the component, or hands all that is known of it on. */
function readsNamespace({ manifests, argocd, contributes, library }: CatalogComponent): boolean {
  const templates = [...manifests, ...argocd, ...(contributes === undefined ? [] : [contributes])];
  return [...templates, ...library.partials.values()].some(({ text }) =>
    /\bcomponent(?:\.namespace\b|(?![\w.-]))/.test(text),
  );
}

import { nearestOrigin } from '../config/merge.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { ResolvedCluster } from '../model/model.ts';
import type { Value } from '../model/values.ts';
import { isList, isMap, pointerStep } from '../model/values.ts';

/** A text of a cluster's settings that has a sign of a template: `pointer` is its place below spec. */
interface Signed {
  readonly pointer: string;
  readonly part: 'key' | 'value';
  readonly text: string;
}

const signedOf = new WeakMap<ResolvedCluster, readonly Signed[]>();

/** Who computes text: by what it begins, and where. */
export interface TextReader {
  readonly opens: '{{' | '$(';
  /** As in `opens a template for Helm`. */
  readonly as: string;
}

export const helmReader = (component: string): TextReader => ({
  opens: '{{',
  as: `a template for Helm (chart of ${component})`,
});
export const secretsReader: TextReader = { opens: '{{', as: 'a template for External Secrets' };
/** In command, args and env of containers, which values of charts become too. */
export const kubernetesReader: TextReader = { opens: '$(', as: 'a variable of a container for Kubernetes' };

/**
 * Settings whose text would be computed in `value`, which another program reads: Helm, where a chart hands values to `tpl`,
 * External Secrets, or Kubernetes. There it would be computed with everything that program knows; so it is refused, whether or
 * not this chart does so. What Helm shall compute is written into the values of a component.
 */
export function computedTextFindings(value: Value, reader: TextReader, cluster: ResolvedCluster): Diagnostic[] {
  const settings = signedTexts(cluster);
  if (settings.length === 0) return [];
  const opened = openedTexts(value, reader.opens);
  return settings
    .filter(({ text }) => opened.some((whole) => opensTemplate(whole, text, reader.opens)))
    .map(({ pointer, part, text }): Diagnostic => {
      const origin = nearestOrigin(cluster.layers, pointer);
      return {
        code: 'spec/template-text',
        severity: 'error',
        cluster: cluster.name,
        message: `${JSON.stringify(text.slice(0, 60))} would be computed: "${reader.opens}" opens ${reader.as}.`,
        hint: `Write it without ${reader.opens}. What Helm shall compute goes into spec.components.<name>.values.`,
        ...(origin === undefined ? {} : { at: origin.source.at(origin.pointer, part) }),
      };
    });
}

/** Not those below `components`: values of a component are for Helm, as they are. */
function signedTexts(cluster: ResolvedCluster): readonly Signed[] {
  const known = signedOf.get(cluster);
  if (known !== undefined) return known;
  const found: Signed[] = [];
  const visit = (node: Value, pointer: string): void => {
    if (typeof node === 'string' && hasSign(node)) found.push({ pointer, part: 'value', text: node });
    if (isList(node)) node.forEach((item, i) => visit(item, `${pointer}/${i}`));
    if (!isMap(node)) return;
    for (const [key, item] of Object.entries(node)) {
      const below = `${pointer}/${pointerStep(key)}`;
      if (pointer === '' && key === 'components') continue;
      if (hasSign(key)) found.push({ pointer: below, part: 'key', text: key });
      visit(item, below);
    }
  };
  visit(cluster.merged, '');
  signedOf.set(cluster, found);
  return found;
}

const hasSign = (text: string): boolean => text.includes('{') || text.includes('$') || text.includes('(');

/** Whether the settings of a cluster have any such text: most have none, and nothing has to be looked through. */
export const mayBeComputed = (cluster: ResolvedCluster): boolean => signedTexts(cluster).length > 0;

/** Texts and keys of a value in which a template is opened. */
function openedTexts(node: Value, opens: string): string[] {
  if (typeof node === 'string') return node.includes(opens) ? [node.toLowerCase()] : [];
  if (isList(node)) return node.flatMap((item) => openedTexts(item, opens));
  if (!isMap(node)) return [];
  return Object.entries(node).flatMap(([key, item]) => [...openedTexts(key, opens), ...openedTexts(item, opens)]);
}

/** Whether a part of the setting, with what stands beside it, opens a template in the text. Quotes may have been escaped on the way. */
function opensTemplate(whole: string, setting: string, opens: string): boolean {
  const parts = setting
    .toLowerCase()
    .split(/["'\\\s]/)
    .filter((part) => [...opens].some((sign) => part.includes(sign)));
  return parts.some((part) => {
    for (let at = whole.indexOf(part); at !== -1; at = whole.indexOf(part, at + 1))
      if (whole.slice(Math.max(0, at - 1), at + part.length + 1).includes(opens)) return true;
    return false;
  });
}

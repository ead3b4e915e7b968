import { nearestOrigin } from '../config/merge.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { ResolvedCluster } from '../model/model.ts';
import type { Value } from '../model/values.ts';
import { isList, isMap, pointerStep } from '../model/values.ts';

/** A text of a cluster's settings that has a brace: `pointer` is its place below spec. */
interface Braced {
  readonly pointer: string;
  readonly part: 'key' | 'value';
  readonly text: string;
}

const bracedOf = new WeakMap<ResolvedCluster, readonly Braced[]>();

/**
 * Settings whose text would open a Go template in `value`, which another program reads: Helm, where a chart hands values to `tpl`,
 * or External Secrets. There the text would be computed, with everything that program knows; so it is refused, whether or not
 * this chart does so. What Helm shall compute is written into the values of a component.
 */
export function computedTextFindings(value: Value, reader: string, cluster: ResolvedCluster): Diagnostic[] {
  const settings = bracedTexts(cluster);
  if (settings.length === 0) return [];
  const opened = openedTexts(value);
  return settings
    .filter(({ text }) => opened.some((whole) => opensTemplate(whole, text)))
    .map(({ pointer, part, text }): Diagnostic => {
      const origin = nearestOrigin(cluster.layers, pointer);
      return {
        code: 'spec/template-text',
        severity: 'error',
        cluster: cluster.name,
        message: `${JSON.stringify(text.slice(0, 60))} would be computed: "{{" opens a template for ${reader}.`,
        hint: 'Write it without {{. What Helm shall compute goes into spec.components.<name>.values.',
        ...(origin === undefined ? {} : { at: origin.source.at(origin.pointer, part) }),
      };
    });
}

/** Not those below `components`: values of a component are for Helm, as they are. */
function bracedTexts(cluster: ResolvedCluster): readonly Braced[] {
  const known = bracedOf.get(cluster);
  if (known !== undefined) return known;
  const found: Braced[] = [];
  const visit = (node: Value, pointer: string): void => {
    if (typeof node === 'string' && node.includes('{')) found.push({ pointer, part: 'value', text: node });
    if (isList(node)) node.forEach((item, i) => visit(item, `${pointer}/${i}`));
    if (!isMap(node)) return;
    for (const [key, item] of Object.entries(node)) {
      const below = `${pointer}/${pointerStep(key)}`;
      if (pointer === '' && key === 'components') continue;
      if (key.includes('{')) found.push({ pointer: below, part: 'key', text: key });
      visit(item, below);
    }
  };
  visit(cluster.merged, '');
  bracedOf.set(cluster, found);
  return found;
}

/** Texts and keys with `{{` in a value. */
function openedTexts(node: Value): string[] {
  if (typeof node === 'string') return node.includes('{{') ? [node.toLowerCase()] : [];
  if (isList(node)) return node.flatMap(openedTexts);
  if (!isMap(node)) return [];
  return Object.entries(node).flatMap(([key, item]) => [...openedTexts(key), ...openedTexts(item)]);
}

/** Whether a part of the setting, with what stands beside it, is a `{{` of the text. Quotes may have been escaped on the way. */
function opensTemplate(whole: string, setting: string): boolean {
  const parts = setting
    .toLowerCase()
    .split(/["'\\\s]/)
    .filter((part) => part.includes('{'));
  return parts.some((part) => {
    for (let at = whole.indexOf(part); at !== -1; at = whole.indexOf(part, at + 1))
      if (whole.slice(Math.max(0, at - 1), at + part.length + 1).includes('{{')) return true;
    return false;
  });
}

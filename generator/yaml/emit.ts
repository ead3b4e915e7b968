import type { Value } from '../model/values.ts';
import { compareText, isMap } from '../model/values.ts';

/**
 * Prints data as canonical YAML: block style, keys of Kubernetes objects in their usual order and all others by code
 * unit, LF, no aliases, no folding. A string is plain only where YAML 1.1 and 1.2 both read it back as that string;
 * everything else is a JSON string, which is a YAML double-quoted scalar, or a literal block.
 */
export function emitYaml(value: Value): string {
  if (isMap(value) && !isEmpty(value)) return mapText(value, '', topOrder);
  if (Array.isArray(value) && value.length > 0) return listText(value, '');
  return `${scalarText(value, '')}\n`;
}

/** Several documents in one file. */
export function emitDocuments(values: readonly Value[]): string {
  return values.map(emitYaml).join('---\n');
}

const topOrder: readonly string[] = ['apiVersion', 'kind', 'metadata', 'type', 'spec', 'data'];
const metadataOrder: readonly string[] = ['name', 'namespace', 'labels', 'annotations', 'finalizers'];

/** Starts with a letter, holds nothing that any YAML version gives a meaning to. */
const plain = /^[A-Za-z_/][A-Za-z0-9_./@+=~-]*(?: [A-Za-z0-9_./@+(-][A-Za-z0-9_./@+=~()-]*)*$/;
const colonInside =
  /^[A-Za-z][A-Za-z0-9_./-]*:(?:\/\/)?[A-Za-z0-9_./@+-]+(?::[0-9]+(?:[A-Za-z_./@+-][A-Za-z0-9_./@+-]*)?)?$/;
/** Words of YAML 1.1, and what some of its readers take for a number (`e0`). */
const reserved = /^(?:y|n|yes|no|on|off|true|false|null|nan|inf|e[-+]?[0-9]+)$/i;
const numberLike = /^[-+.]?[0-9]/;

function isPlain(text: string): boolean {
  return (
    text.length < 400 && (plain.test(text) || colonInside.test(text)) && !reserved.test(text) && !numberLike.test(text)
  );
}

function keyText(key: string): string {
  return isPlain(key) ? key : quoted(key);
}

function sortedKeys(map: Record<string, unknown>, order: readonly string[]): string[] {
  const rank = (key: string): number => {
    const i = order.indexOf(key);
    return i === -1 ? order.length : i;
  };
  const keys = Object.keys(map);
  return order.length === 0 ? keys.sort(compareText) : keys.sort((a, b) => rank(a) - rank(b) || compareText(a, b));
}

function mapText(map: Record<string, unknown>, indent: string, order: readonly string[]): string {
  let out = '';
  for (const key of sortedKeys(map, order)) {
    const value = map[key] as Value | undefined;
    if (value === undefined) continue;
    out += `${indent}${keyText(key)}:${memberText(value, indent, order === topOrder && key === 'metadata' ? metadataOrder : [])}`;
  }
  return out;
}

function memberText(value: Value, indent: string, order: readonly string[]): string {
  if (Array.isArray(value) && value.length > 0) return `\n${listText(value, `${indent}  `)}`;
  if (isMap(value) && !isEmpty(value)) return `\n${mapText(value, `${indent}  `, order)}`;
  return ` ${scalarText(value, `${indent}  `)}\n`;
}

function listText(list: readonly Value[], indent: string): string {
  let out = '';
  for (const item of list) {
    if (isMap(item) && !isEmpty(item)) out += `${indent}- ${mapText(item, `${indent}  `, []).slice(indent.length + 2)}`;
    else if (Array.isArray(item) && item.length > 0)
      out += `${indent}- ${listText(item, `${indent}  `).slice(indent.length + 2)}`;
    else out += `${indent}- ${scalarText(item, `${indent}  `)}\n`;
  }
  return out;
}

function isEmpty(map: object): boolean {
  for (const key in map) if (Object.hasOwn(map, key)) return false;
  return true;
}

function scalarText(value: Value, indent: string): string {
  if (typeof value === 'string') return isPlain(value) ? value : (blockText(value, indent) ?? quoted(value));
  if (typeof value === 'number') return numberText(value);
  if (value === null || typeof value === 'boolean') return String(value);
  return Array.isArray(value) ? '[]' : '{}';
}

/** JSON strings are YAML double-quoted scalars, but for the separators that YAML counts as line breaks; marks of direction are seen. */
function quoted(text: string): string {
  return JSON.stringify(text).replace(
    /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff\u{e0000}-\u{e007f}]/gu,
    (char) => {
      const code = (char.codePointAt(0) ?? 0).toString(16);
      return char.length === 1 ? `\\u${code.padStart(4, '0')}` : `\\U${code.padStart(8, '0')}`;
    },
  );
}

function numberText(value: number): string {
  if (!Number.isFinite(value)) throw new RangeError(`not a YAML number: ${value}`);
  const text = Object.is(value, -0) ? '0' : String(value);
  // 1e21 is a string in YAML 1.1; 1.0e+21 is a number everywhere
  return /^-?[0-9]+e/.test(text) ? text.replace('e', '.0e') : text;
}

/** A literal block for text of several lines without anything a literal block cannot hold; undefined otherwise. */
function blockText(text: string, indent: string): string | undefined {
  if (
    !text.includes('\n') ||
    /[^\n\x20-\x7e\u00a0-\u061b\u061d-\u200d\u2010-\u2027\u202f-\u2065\u206a-\ud7ff\ue000-\ufefe]/.test(text)
  )
    return undefined;
  if (/^[\s]/.test(text) || /[ ]\n/.test(text) || /\n\n$/.test(text) || / $/.test(text)) return undefined;
  const body = text.endsWith('\n') ? text.slice(0, -1) : text;
  const lines = body.split('\n').map((line) => (line === '' ? '' : `${indent}${line}`));
  return `|${text.endsWith('\n') ? '' : '-'}\n${lines.join('\n')}`;
}

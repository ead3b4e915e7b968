import type { Value } from '../../model/values.ts';
import { HelperError } from './arguments.ts';

function sqlText(value: string): string {
  if (value.includes('\0')) throw new HelperError('SQL text cannot hold a NUL');
  return value;
}

/** A name in double quotes. */
export const sqlIdentifier = (value: string): string => `"${sqlText(value).replaceAll('"', '""')}"`;

/**
 * A string in single quotes, on one line. It is an escape string (E'') where a backslash or a line break occurs, so that
 * it is read alike whatever standard_conforming_strings says.
 */
export function sqlLiteral(value: string): string {
  const body = sqlText(value).replaceAll("'", "''");
  return /[\\\n\r]/.test(body)
    ? `E'${body.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\r', '\\r')}'`
    : `'${body}'`;
}

/** `:'name'` (a literal) or `:"name"` (an identifier) in SQL, as psql reads variables; offsets in characters. */
export interface SqlPlaceholder {
  readonly name: string;
  readonly kind: 'literal' | 'identifier';
  readonly from: number;
  readonly to: number;
}

/** What hides placeholders: strings, names, dollar quotes, the beginning of a comment, and casts. */
const sqlToken =
  /:'([A-Za-z0-9_]+)'|:"([A-Za-z0-9_]+)"|::|--[^\n]*|\/\*|\b[eE]'(?:[^'\\]|\\[^]|'')*'|'(?:[^']|'')*'|"(?:[^"]|"")*"|(?<![A-Za-z0-9_$])\$([A-Za-z_][A-Za-z0-9_]*)?\$/g;

/** The placeholders of a SQL text, outside of strings, comments and dollar quotes, in their order. */
export function sqlPlaceholders(sql: string): SqlPlaceholder[] {
  const found: SqlPlaceholder[] = [];
  sqlToken.lastIndex = 0;
  for (let match = sqlToken.exec(sql); match !== null; match = sqlToken.exec(sql)) {
    const [token, literal, identifier] = match;
    const name = literal ?? identifier;
    const to = match.index + token.length;
    if (name !== undefined)
      found.push({ name, kind: literal === undefined ? 'identifier' : 'literal', from: match.index, to });
    else if (token === '/*') sqlToken.lastIndex = endOfComment(sql, match.index);
    else if (token.startsWith('$')) {
      const end = sql.indexOf(token, to);
      sqlToken.lastIndex = end === -1 ? sql.length : end + token.length;
    }
  }
  return found;
}

/** Comments nest in PostgreSQL. */
function endOfComment(sql: string, start: number): number {
  const mark = /\/\*|\*\//g;
  mark.lastIndex = start;
  let depth = 0;
  for (let match = mark.exec(sql); match !== null; match = mark.exec(sql)) {
    depth += match[0] === '/*' ? 1 : -1;
    if (depth === 0) return mark.lastIndex;
  }
  return sql.length;
}

/** Variables that the text sets itself when psql runs it. */
export const sqlOwnVariables = (sql: string): ReadonlySet<string> =>
  new Set([...sql.matchAll(/^[ \t]*\\(?:set|getenv)[ \t]+([A-Za-z0-9_]+)/gm)].map((m) => m[1] ?? ''));

/** The text with these values in place of its placeholders; other placeholders stay as they are. */
export function fillSql(sql: string, values: Readonly<Record<string, Value>>): string {
  let end = 0;
  const parts: string[] = [];
  for (const { name, kind, from, to } of sqlPlaceholders(sql)) {
    if (!Object.hasOwn(values, name)) continue;
    parts.push(sql.slice(end, from), kind === 'literal' ? literalOf(values[name] ?? null) : nameOf(values, name));
    end = to;
  }
  return parts.join('') + sql.slice(end);
}

/** Lists and maps are JSON, which SQL takes apart (jsonb_to_recordset). */
function literalOf(value: Value): string {
  if (value === null) return 'NULL';
  return sqlLiteral(typeof value === 'object' ? JSON.stringify(value) : String(value));
}

function nameOf(values: Readonly<Record<string, Value>>, name: string): string {
  const value = values[name];
  if (typeof value === 'string') return sqlIdentifier(value);
  throw new HelperError(`file needs text for :"${name}"`);
}

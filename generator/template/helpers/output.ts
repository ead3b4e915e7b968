import { emitYaml } from '../../yaml/emit.ts';
import type { HelperDeclaration } from './arguments.ts';
import { HelperError, text } from './arguments.ts';
import { sqlIdentifier, sqlLiteral } from './sql.ts';

/** Letters, digits and harmless punctuation on one line; anything else could break out of a block scalar's content. */
function harmless(value: string): string {
  if (!/^[A-Za-z0-9 _./:@%+,=*()-]*$/.test(value)) {
    throw new HelperError(
      `${JSON.stringify(value)} has characters that "text" does not print; use json, sqlIdent or sqlLiteral`,
    );
  }
  return value;
}

export const outputHelpers = {
  json: {
    args: 'value',
    gives: 'The value as JSON, printed as it is: for keys, and for quoted strings inside a block scalar.',
    isRaw: true,
    run: ([v]) => JSON.stringify(v ?? null),
  },
  jsonText: { args: 'value', gives: 'Text that holds the value as JSON.', run: ([v]) => JSON.stringify(v ?? null) },
  yamlText: { args: 'value', gives: 'Text that holds the value as YAML.', run: ([v]) => emitYaml(v ?? null) },
  str: {
    args: 'part …',
    gives: 'The parts (text, numbers, booleans) as one text; null is an error.',
    run: (args) => args.map((a) => text(a, 'str')).join(''),
  },
  text: {
    args: 'value',
    gives:
      'The value inside a block scalar, without quotes: one line of letters, digits and ` _./:@%+,=*()-`, otherwise an error.',
    isRaw: true,
    run: ([v]) => harmless(text(v, 'text')),
  },
  sqlIdent: {
    args: 'name',
    gives: 'A quoted SQL name, inside a block scalar.',
    isRaw: true,
    run: ([v]) => sqlIdentifier(text(v, 'sqlIdent')),
  },
  sqlLiteral: {
    args: 'value',
    gives: 'A quoted SQL string, inside a block scalar.',
    isRaw: true,
    run: ([v]) => sqlLiteral(text(v, 'sqlLiteral')),
  },
  fail: {
    args: 'message',
    gives: 'Nothing: rendering ends with this message. A rule is better: it points at the option.',
    isRaw: true,
    run: ([message]) => {
      throw new HelperError(text(message, 'fail'));
    },
  },
} satisfies Readonly<Record<string, HelperDeclaration>>;

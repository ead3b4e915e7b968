import type { Value } from '../../model/values.ts';
import { isList, isMap, pointerStep } from '../../model/values.ts';
import { isSensitivePath, isStandIn, urlsWithLogin } from '../../util/mask.ts';

/** A text of some data that holds a secret. */
export interface FoundSecret {
  /** JSON pointer of the text. */
  readonly pointer: string;
  /** The secret itself, never to be shown. */
  readonly text: string;
  /** What it is, as a noun: `a GitHub token`. */
  readonly what: string;
  /** By its form; else only the name beside it says so. */
  readonly isKnownForm: boolean;
}

/** Beginnings and parts of tokens that the rules of secretlint know: only such a text is given to them. */
const candidate =
  /gh[pousr]_|github_pat_|glpat-|glptt-|xox[a-z]-|hooks\.slack\.com|A[KS]IA[0-9A-Z]{12}|npm_[A-Za-z0-9]{20}|sk-[\w-]{20}|sk_live|SG\.[\w-]{10}|AIza|dop_v1_|dckr_pat|shp\w{2}_|lin_api|ops_ey|hf_[A-Za-z]{20}|AccountKey=|"private_key"|_auth/;

const privateKey = /-----BEGIN [A-Z ]*PRIVATE KEY(?: BLOCK)?-----\s*\S/;

/** What texts hold, remembered: the same text stands in many objects and clusters. */
export type KnownTexts = Map<string, Promise<string | undefined>>;

/** Every text of some data that holds a secret, known by its form or by the name beside it. */
export async function findSecrets(value: Value, known: KnownTexts): Promise<readonly FoundSecret[]> {
  const found: FoundSecret[] = [];
  const asked: { readonly pointer: string; readonly text: string }[] = [];
  const visit = (item: Value, pointer: string, name: string): void => {
    if (typeof item === 'string') {
      const form = formOf(item);
      if (form !== undefined) found.push({ pointer, text: item, what: form, isKnownForm: true });
      else if (candidate.test(item)) asked.push({ pointer, text: item });
      else if (isNamed(name, item))
        found.push({ pointer, text: item, what: `a literal value for ${name}`, isKnownForm: false });
    } else if (isList(item)) item.forEach((entry, i) => visit(entry, `${pointer}/${i}`, ''));
    else if (isMap(item)) {
      const variable = typeof item['name'] === 'string' && variableName.test(item['name']) ? item['name'] : '';
      for (const [key, entry] of Object.entries(item))
        visit(entry as Value, `${pointer}/${pointerStep(key)}`, key === 'value' && variable !== '' ? variable : key);
    }
  };
  visit(value, '', '');
  for (const { pointer, text } of asked) {
    const answer = known.get(text) ?? bySecretlint(text);
    known.set(text, answer);
    const what = await answer;
    if (what !== undefined) found.push({ pointer, text, what, isKnownForm: true });
  }
  return found;
}

function formOf(text: string): string | undefined {
  if (text.length < 12) return undefined;
  if (text.includes('://') && urlsWithLogin(text).length > 0) return 'an address with a login or a token';
  return text.includes('PRIVATE KEY') && privateKey.test(text) ? 'a private key' : undefined;
}

const variableName = /^[A-Z][A-Z0-9_]*$/;

/** A value that somebody chose: no path, address, name, number or reference, and with more than one kind of characters. */
function isNamed(name: string, text: string): boolean {
  if (name === '' || !isSensitivePath(name) || text.length < 4 || isStandIn(text)) return false;
  if (/\s|^[/.~]|:\/\/|[{}$<>]|^(?:true|false|null|none|auto|default)$/i.test(text)) return false;
  // of a variable any literal is one; of other fields a name (of a key, of a Secret) is the rule
  return variableName.test(name)
    ? !/^\d+$/.test(text)
    : text.length >= 8 && /\d/.test(text) && /[A-Z!@#%^&*+=_?]/.test(text);
}

/** What the rules of secretlint say of a text; undefined: nothing. */
async function bySecretlint(text: string): Promise<string | undefined> {
  const [{ lintSource }, { creator }] = await Promise.all([
    import('@secretlint/core'),
    import('@secretlint/secretlint-rule-preset-recommend'),
  ]);
  const { messages } = await lintSource({
    source: { content: text, filePath: '/text', contentType: 'text', ext: '.txt' },
    options: {
      config: { rules: [{ id: '@secretlint/secretlint-rule-preset-recommend', rule: creator, options: {} }] },
    },
  });
  const said = messages.find(({ type }) => type === 'message')?.message;
  // the rest of the sentence quotes it
  return said === undefined ? undefined : `what looks like a ${said.replace(/^found /, '').replace(/: [^]*$/, '')}`;
}

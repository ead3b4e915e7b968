import type { Value } from '../../model/values.ts';
import { isList, isMap, pointerStep } from '../../model/values.ts';
import { secretsOfText, urlsWithLogin } from '../../util/mask.ts';
import { mayHoldForm, secretForms } from '../../util/secretForms.ts';
import { isDefinition, isLiteralSecret, namedSecrets, nameOfItem, nameOfMember } from '../../util/secretNames.ts';

/** A text of some data that holds a secret. */
export interface FoundSecret {
  /** JSON pointer of the text. */
  readonly pointer: string;
  /** The text, never to be shown. */
  readonly text: string;
  /** The secrets in it; the text itself where not known. */
  readonly secrets: readonly string[];
  /** What it is, as a noun: `a GitHub token`. */
  readonly what: string;
  /** Nobody doubts it: known by its form; else by the name beside it, or the hash of one. */
  readonly isCertain: boolean;
}

type What = Pick<FoundSecret, 'what' | 'isCertain' | 'secrets'>;

/** Beginnings and parts of tokens that the rules of secretlint know: only such a text is given to them. */
const candidate =
  /gh[pousr]_|github_pat_|glpat-|glptt-|xox[a-z]-|hooks\.slack\.com|A[KS]IA[0-9A-Z]{12}|npm_[A-Za-z0-9]{20}|sk-[\w-]{20}|sk_live|SG\.[\w-]{10}|AIza|dop_v1_|dckr_pat|shp\w{2}_|lin_api|ops_ey|hf_[A-Za-z]{20}|"private_key"|_auth/;

/** What texts hold, remembered: the same text stands in many objects and clusters. */
export type KnownTexts = Map<string, Promise<string | undefined>>;

/** Every text of some data that holds a secret, known by its form or by the name beside it. */
export async function findSecrets(value: Value, known: KnownTexts): Promise<readonly FoundSecret[]> {
  const found: FoundSecret[] = [];
  const texts: NamedText[] = [];
  eachText(value, '', '', (text) => texts.push(text));
  for (const { pointer, text, name } of texts) {
    // nearly no text has a form to ask for
    const form =
      text.includes('://') || mayHoldForm(text) || candidate.test(text) ? await formOf(text, known) : undefined;
    const secret = form ?? nameOf(text, name);
    if (secret !== undefined) found.push({ pointer, text, ...secret });
  }
  return found;
}

/** A text of some data, with the name that says what it is; '' where none does. */
interface NamedText {
  readonly pointer: string;
  readonly text: string;
  readonly name: string;
}

/** What lies below these names places where a secret is, or is encrypted. */
const places = /^(?:encryptedData|remoteRef|remoteRefs|\w*(?:Ref|Refs|Selector|Keys|Mapping))$/;

/** Calls back for every text; what lies below the name of a place has no name. */
function eachText(value: Value, pointer: string, name: string, found: (text: NamedText) => void): void {
  if (typeof value === 'string') found({ pointer, text: value, name });
  else if (isList(value))
    value.forEach((item, i) => eachText(item, `${pointer}/${i}`, nameOfItem(value, i, ''), found));
  else if (isMap(value)) {
    const nameless = (text: NamedText): void => found({ ...text, name: '' });
    const own = isDefinition(value) ? nameless : found;
    for (const [key, item] of Object.entries(value)) {
      if (key.includes('://') || candidate.test(key))
        own({ pointer: `${pointer}/${pointerStep(key)}`, text: key, name: '' });
      if (item === null || key === 'encryptedData') continue;
      const isPlace = typeof item === 'object' && places.test(key);
      eachText(item, `${pointer}/${pointerStep(key)}`, nameOfMember(value, key, name), isPlace ? nameless : own);
    }
  }
}

async function formOf(text: string, known: KnownTexts): Promise<What | undefined> {
  if (text.length < 8) return undefined;
  const urls = urlsWithLogin(text);
  if (urls.length > 0) return { what: 'an address with a login or a token', isCertain: true, secrets: urls };
  if (candidate.test(text)) {
    const answer = known.get(text) ?? bySecretlint(text);
    known.set(text, answer);
    const what = await answer;
    if (what !== undefined) return { what, isCertain: true, secrets: [text] };
  }
  const [form] = secretForms(text);
  return form === undefined ? undefined : { what: form.what, isCertain: !form.isHash, secrets: secretsOfText(text) };
}

function nameOf(text: string, name: string): What | undefined {
  if (isLiteralSecret(name, text)) return named(name, [text.trim()]);
  const [first] = namedSecrets(text);
  return first === undefined ? undefined : named(first.name, secretsOfText(text));
}

const named = (name: string, secrets: readonly string[]): What => ({
  what: `a literal value for ${name.replace(/^[-.]+/, '')}`,
  isCertain: false,
  secrets,
});

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

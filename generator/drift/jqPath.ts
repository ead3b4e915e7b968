import type { MutableMap, Value } from '../model/values.ts';
import { isList, isMap } from '../model/values.ts';
import { isSame } from './fieldDiff.ts';
import type { Pattern } from '../util/regex.ts';
import { compilePattern } from '../util/regex.ts';

/**
 * Paths of jq, as rules of `ignoreDifferences` use them: `.a.b`, `."a.b"`, `.["a"]`, `.[0]`, `.[]`, `?`, `|`, `,`, and
 * `select(…)` over comparisons, `and`, `or`, `not`, `has`, `test`, `startswith`, `endswith`. Argo CD runs them as `del(…)`.
 */
export interface JqPath {
  /** Removes what the path names; true when there was something. */
  remove(value: Value): Value;
}

type Path = readonly (string | number)[];
type Stage = (root: Value, at: Path) => Path[];
type Expression = (value: Value) => Value[];
type Test = (value: Value) => boolean;

/** Undefined for what is not understood: it has to be said, not guessed. */
export function parseJqPath(expression: string): JqPath | undefined {
  try {
    const parser = new Parser(tokens(expression));
    const stage = parser.alternatives();
    if (!parser.isDone()) return undefined;
    return { remove: (value) => removeAll(value, stage(value, [])) };
  } catch (error) {
    // brackets may be nested deeper than the stack reaches
    if (error instanceof NotUnderstood || error instanceof RangeError) return undefined;
    throw error;
  }
}

class NotUnderstood extends Error {}

function tokens(text: string): string[] {
  const found: string[] = [];
  const pattern = /\s*("(?:[^"\\]|\\.)*"|[A-Za-z_]\w*|\d+|==|!=|<=|>=|[.[\]()|,?<>:-])/gy;
  while (pattern.lastIndex < text.trimEnd().length) {
    const token = pattern.exec(text)?.[1];
    if (token === undefined) throw new NotUnderstood();
    found.push(token);
  }
  return found;
}

/** The value of a token of JSON; jq takes no more than JSON does inside quotes. */
function literalOf(token: string): Value {
  try {
    return JSON.parse(token) as Value;
  } catch {
    throw new NotUnderstood();
  }
}

const isName = (token: string | undefined): token is string => token !== undefined && /^[A-Za-z_]\w*$/.test(token);

class Parser {
  private at = 0;
  private readonly list: readonly string[];
  constructor(list: readonly string[]) {
    this.list = list;
  }
  isDone(): boolean {
    return this.at === this.list.length;
  }
  private peek(): string | undefined {
    return this.list[this.at];
  }
  private take(token: string): boolean {
    if (this.peek() !== token) return false;
    this.at += 1;
    return true;
  }
  private expect(token: string): void {
    if (!this.take(token)) throw new NotUnderstood();
  }

  /** `a | b, c`: a pipe binds loosest. */
  alternatives(): Stage {
    let stage = this.commas();
    while (this.take('|')) {
      const [first, then] = [stage, this.commas()];
      stage = (root, at) => first(root, at).flatMap((p) => then(root, p));
    }
    return stage;
  }
  private commas(): Stage {
    const all = [this.term()];
    while (this.take(',')) all.push(this.term());
    return (root, at) => all.flatMap((stage) => stage(root, at));
  }
  private term(): Stage {
    if (this.take('(')) {
      const inner = this.alternatives();
      this.expect(')');
      return this.suffixes(inner, false);
    }
    if (this.take('select')) {
      this.expect('(');
      const test = this.piped();
      this.expect(')');
      return this.suffixes((root, at) => (test(valueOf(root, at)).some(isTrue) ? [at] : []), false);
    }
    this.expect('.');
    return this.suffixes((_, at) => [at], true);
  }
  /** What follows the dot of a path, or a term. */
  private suffixes(start: Stage, afterDot: boolean): Stage {
    let stage = start;
    let dotted = afterDot;
    for (;;) {
      const step = this.step(dotted);
      if (step === undefined) return stage;
      const before = stage;
      stage = (root, at) => before(root, at).flatMap((p) => step(root, p));
      dotted = false;
    }
  }
  private step(dotted: boolean): Stage | undefined {
    if (this.take('?')) return (_, at) => [at];
    if (this.take('[')) return this.bracket();
    if (!dotted && !this.take('.')) return undefined;
    if (this.take('[')) return this.bracket();
    const token = this.peek();
    const isQuoted = token?.startsWith('"') === true;
    if (!isName(token) && !isQuoted) {
      if (dotted) return undefined; // `.` alone
      throw new NotUnderstood();
    }
    this.at += 1;
    const key = isQuoted ? (literalOf(token) as string) : token;
    return (_, at) => [[...at, key]];
  }
  private bracket(): Stage {
    if (this.take(']'))
      return (root, at) => {
        const value = valueOf(root, at);
        if (isList(value)) return value.map((_, i) => [...at, i]);
        return isMap(value) ? Object.keys(value).map((key) => [...at, key]) : [];
      };
    const token = this.peek() ?? '';
    if (!token.startsWith('"') && !/^\d+$/.test(token)) throw new NotUnderstood();
    this.at += 1;
    this.expect(']');
    const key = literalOf(token) as string | number;
    return (_, at) => [[...at, key]];
  }

  /** What stands within select: values that come of a value. A pipe binds loosest here too. */
  private piped(): Expression {
    const left = this.or();
    if (!this.take('|')) return left;
    const right = this.piped();
    return (v) => left(v).flatMap(right);
  }
  private or(): Expression {
    let result = this.and();
    while (this.take('or')) {
      const [a, b] = [result, this.and()];
      result = (v) => a(v).flatMap((x) => (isTrue(x) ? [true] : b(v).map(isTrue)));
    }
    return result;
  }
  private and(): Expression {
    let result = this.comparison();
    while (this.take('and')) {
      const [a, b] = [result, this.comparison()];
      result = (v) => a(v).flatMap((x) => (isTrue(x) ? b(v).map(isTrue) : [false]));
    }
    return result;
  }
  private comparison(): Expression {
    const left = this.operand();
    const isEqual = this.take('==');
    if (!isEqual && !this.take('!=')) return left;
    const right = this.operand();
    return (v) => right(v).flatMap((y) => left(v).map((x) => isSame(x, y) === isEqual));
  }
  private operand(): Expression {
    if (this.take('(')) {
      const inner = this.piped();
      this.expect(')');
      return inner;
    }
    const token = this.peek();
    if (token === '.') {
      const path = this.term();
      return (v) => path(v, []).map((p) => valueOf(v, p));
    }
    if (this.take('not')) return (v) => [!isTrue(v)];
    if (token !== undefined && calls[token] !== undefined) return this.call();
    const literal = this.literal();
    return () => [literal];
  }
  private literal(): Value {
    const minus = this.take('-');
    const token = this.peek() ?? '';
    if (!/^(?:".*"|\d+|true|false|null)$/s.test(token)) throw new NotUnderstood();
    this.at += 1;
    const value = literalOf(token);
    if (minus && typeof value !== 'number') throw new NotUnderstood();
    return typeof value === 'number' && minus ? -value : value;
  }
  private call(): Expression {
    const make = calls[this.peek() ?? ''];
    if (make === undefined) throw new NotUnderstood();
    this.at += 1;
    this.expect('(');
    const argument = this.literal();
    this.expect(')');
    if (typeof argument !== 'string') throw new NotUnderstood();
    const test = make(argument);
    return (v) => [test(v)];
  }
}

const isTrue = (value: Value): boolean => value !== null && value !== false;

const calls: Readonly<Record<string, (argument: string) => Test>> = {
  has: (key) => (v) => isMap(v) && Object.hasOwn(v, key),
  startswith: (text) => (v) => typeof v === 'string' && v.startsWith(text),
  endswith: (text) => (v) => typeof v === 'string' && v.endsWith(text),
  test: (text) => {
    const pattern = regular(text);
    return (v) => typeof v === 'string' && pattern.test(v);
  },
};

function regular(text: string): Pattern {
  try {
    return compilePattern(text);
  } catch {
    throw new NotUnderstood();
  }
}

function valueOf(root: Value, path: Path): Value {
  let node: Value | undefined = root;
  for (const step of path) {
    if (typeof step === 'number') node = isList(node) ? node[step] : undefined;
    else node = isMap(node) && Object.hasOwn(node, step) ? node[step] : undefined;
    if (node === undefined) return null;
  }
  return node;
}

/** From the last to the first, so that the places of list items before them stay what they were. */
function removeAll(root: Value, paths: readonly Path[]): Value {
  const ordered = [...paths].sort((a, b) => comparePaths(b, a));
  return ordered.reduce((value, path) => removeAt(value, path), root);
}

function comparePaths(a: Path, b: Path): number {
  for (const [i, step] of a.entries()) {
    const other = b[i];
    if (other === undefined) return 1;
    if (step === other) continue;
    if (typeof step === 'number' && typeof other === 'number') return step - other;
    return String(step) < String(other) ? -1 : 1;
  }
  return a.length - b.length;
}

/** A copy without what stands at the path. */
export function removeAt(root: Value, path: Path): Value {
  const [step, ...rest] = path;
  if (step === undefined) return null;
  if (isList(root) && typeof step === 'number') {
    if (step >= root.length) return root;
    return rest.length === 0
      ? root.filter((_, i) => i !== step)
      : root.map((item, i) => (i === step ? removeAt(item, rest) : item));
  }
  if (!isMap(root) || typeof step !== 'string' || !Object.hasOwn(root, step)) return root;
  const copy: MutableMap = { ...root };
  if (rest.length === 0) delete copy[step];
  else copy[step] = removeAt(root[step] as Value, rest);
  return copy;
}

import type { MutableMap, Value } from '../../model/values.ts';
import { isList, isMap } from '../../model/values.ts';

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
type Test = (value: Value) => boolean;

/** Undefined for what is not understood: it has to be said, not guessed. */
export function parseJqPath(expression: string): JqPath | undefined {
  try {
    const parser = new Parser(tokens(expression));
    const stage = parser.alternatives();
    if (!parser.isDone()) return undefined;
    return { remove: (value) => removeAll(value, stage(value, [])) };
  } catch (error) {
    if (error instanceof NotUnderstood) return undefined;
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
      const test = this.or();
      this.expect(')');
      return this.suffixes((root, at) => (test(valueOf(root, at)) ? [at] : []), false);
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
    const key = isQuoted ? (JSON.parse(token) as string) : token;
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
    const key = JSON.parse(token) as string | number;
    return (_, at) => [[...at, key]];
  }

  private or(): Test {
    let test = this.and();
    while (this.take('or')) {
      const [a, b] = [test, this.and()];
      test = (v) => a(v) || b(v);
    }
    return test;
  }
  private and(): Test {
    let test = this.piped();
    while (this.take('and')) {
      const [a, b] = [test, this.piped()];
      test = (v) => a(v) && b(v);
    }
    return test;
  }
  /** `.a | test("x")`, `.a == "x"`, `has("a")`, `… | not`. */
  private piped(): Test {
    let test = this.comparison();
    while (this.take('|')) {
      this.expect('not');
      const before = test;
      test = (v) => !before(v);
    }
    return test;
  }
  private comparison(): Test {
    if (this.take('(')) {
      const inner = this.or();
      this.expect(')');
      return inner;
    }
    if (isName(this.peek())) return this.call();
    const path = this.term();
    const values = (v: Value): Value[] => path(v, []).map((p) => valueOf(v, p) ?? null);
    if (this.take('==')) return this.against(values, (a, b) => a === b);
    if (this.take('!=')) return this.against(values, (a, b) => a !== b);
    if (this.list[this.at] === '|' && isCall(this.list[this.at + 1])) {
      this.at += 1;
      const call = this.call();
      return (v) => values(v).some(call);
    }
    return (v) => values(v).some((x) => x !== null && x !== false);
  }
  private against(values: (v: Value) => Value[], is: (a: Value, b: Value) => boolean): Test {
    const literal = this.literal();
    return (v) => values(v).some((x) => is(x, literal));
  }
  private literal(): Value {
    const minus = this.take('-');
    const token = this.peek() ?? '';
    if (!/^(?:".*"|\d+|true|false|null)$/s.test(token)) throw new NotUnderstood();
    this.at += 1;
    const value = JSON.parse(token) as Value;
    return minus ? -Number(value) : value;
  }
  private call(): Test {
    const name = this.peek() ?? '';
    const make = calls[name];
    if (make === undefined) throw new NotUnderstood();
    this.at += 1;
    this.expect('(');
    const argument = this.literal();
    this.expect(')');
    if (typeof argument !== 'string') throw new NotUnderstood();
    return make(argument);
  }
}

const isCall = (token: string | undefined): boolean => token !== undefined && calls[token] !== undefined;

const calls: Readonly<Record<string, (argument: string) => Test>> = {
  has: (key) => (v) => isMap(v) && Object.hasOwn(v, key),
  startswith: (text) => (v) => typeof v === 'string' && v.startsWith(text),
  endswith: (text) => (v) => typeof v === 'string' && v.endsWith(text),
  test: (text) => {
    const pattern = regular(text);
    return (v) => typeof v === 'string' && pattern.test(v);
  },
};

function regular(text: string): RegExp {
  try {
    return new RegExp(text, 'u');
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

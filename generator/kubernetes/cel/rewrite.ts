import type { ASTNode } from '@marcbachmann/cel-js';

/** Functions whose place in the interpreter is taken by something else than Kubernetes has. */
const renamed: Readonly<Record<string, string>> = {
  matches: 'matchesRe2',
  lowerAscii: 'lowerOfAscii',
  upperAscii: 'upperOfAscii',
  timestamp: 'goTimestamp',
};

type Parse = (rule: string) => ASTNode;
/** What the arguments of a node may be: names, nodes, and lists of either. */
type Part = ASTNode | string | Part[];
/** A node with what the interpreter keeps beside it: `alternate` is checked and evaluated in its place. */
type Node = ASTNode & { readonly meta: Readonly<Record<string, unknown>>; setMeta(key: string, value: unknown): void };

/**
 * Changes the nodes of a rule to what the interpreter reads. CEL allows any message in front of the field of `has`, the
 * interpreter only names; macros of two variables, `optMap`, `optFlatMap` and `existsOne` become ones that it has; patterns
 * become those of RE2.
 */
export function adapt(node: ASTNode, parse: Parse): void {
  for (const child of childrenOf(node)) adapt(child, parse);
  if (node.op !== 'call' && node.op !== 'rcall') return;
  const args = node.args as unknown as Part[];
  const name = String(args[0]);
  const form = node.op === 'call' ? hasForm(name, args) : macroForm(name, args);
  if (form !== undefined) (node as Node).setMeta('alternate', filled(parse(form.text), form.parts));
  else if (Object.hasOwn(renamed, name)) args[0] = renamed[name] ?? name;
}

/** All nodes right below one, those that a macro made of it among them. */
export function childrenOf(node: ASTNode): readonly ASTNode[] {
  const found: ASTNode[] = [];
  const walk = (part: unknown): void => {
    if (Array.isArray(part)) part.forEach(walk);
    else if (isNode(part)) found.push(part);
  };
  walk(node.args);
  return found;
}

export const isNode = (part: unknown): part is ASTNode =>
  typeof part === 'object' && part !== null && 'op' in part && 'start' in part;

const nameOf = (node: ASTNode | undefined): string | undefined => (node?.op === 'id' ? String(node.args) : undefined);

/** A rule with names in capitals for parts that nodes take the place of. */
interface Form {
  readonly text: string;
  readonly parts: Readonly<Record<string, ASTNode | undefined>>;
}

function filled(node: ASTNode, parts: Form['parts']): ASTNode {
  const part = parts[nameOf(node) ?? ''];
  if (part !== undefined) (node as Node).setMeta('alternate', part);
  else for (const child of childrenOf(node)) filled(child, parts);
  return node;
}

/** `args` are the name, the receiver and the arguments of a call; undefined where the interpreter has the macro. */
function macroForm(name: string, [, RECEIVER, list]: Part[]): Form | undefined {
  const args = list as ASTNode[];
  const [first, second] = args.map(nameOf);
  if (first === undefined) return undefined;
  const form = (text: string): Form => ({
    text: `cel.bind(receiver__, RECEIVER, ${text})`,
    parts: { RECEIVER: RECEIVER as ASTNode, SECOND: args[1], THIRD: args[2], LAST: args.at(-1) },
  });
  if (args.length === 2) {
    const value = `cel.bind(${first}, receiver__.value(), SECOND)`;
    if (name === 'optMap') return form(`receiver__.hasValue() ? optional.of(${value}) : optional.none()`);
    if (name === 'optFlatMap') return form(`receiver__.hasValue() ? ${value} : optional.none()`);
    return name === 'existsOne' ? form(`receiver__.exists_one(${first}, SECOND)`) : undefined;
  }
  if (second === undefined || args.length < 3) return undefined;
  const bound = (part: string): string => `cel.bind(${second}, receiver__[${first}], ${part})`;
  const keys = 'keysOf(receiver__)';
  const kept = args.length === 4 ? `${keys}.filter(${first}, ${bound('THIRD')})` : keys;
  if (name === 'transformList') return form(`${kept}.map(${first}, ${bound('LAST')})`);
  if (name === 'transformMap')
    return form(`cel.bind(kept__, ${kept}, mapOf(kept__, kept__.map(${first}, ${bound('LAST')})))`);
  if (args.length !== 3 || !['all', 'exists', 'exists_one', 'existsOne'].includes(name)) return undefined;
  return form(`${keys}.${name === 'existsOne' ? 'exists_one' : name}(${first}, ${bound('LAST')})`);
}

/** `has(a[0].b)` as `"b" in a[0]`. */
function hasForm(name: string, [, list]: Part[]): Form | undefined {
  const [argument] = list as ASTNode[];
  if (name !== 'has' || argument?.op !== '.') return undefined;
  const [TARGET, field] = argument.args as unknown as [ASTNode, string];
  let node: ASTNode = TARGET;
  while (node.op === '.') [node] = node.args as unknown as [ASTNode, string];
  return node.op === 'id' ? undefined : { text: `"${field}" in TARGET`, parts: { TARGET } };
}

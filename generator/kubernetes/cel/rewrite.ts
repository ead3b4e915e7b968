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
 * interpreter only names; macros of two variables, `sortBy`, `optMap`, `optFlatMap` and `existsOne` become ones that it has; patterns
 * become those of RE2; values are compared and added as the API server does.
 */
export function adapt(node: ASTNode, parse: Parse): void {
  for (const child of childrenOf(node)) adapt(child, parse);
  const operation = operatorForm(node);
  if (operation !== undefined) (node as Node).setMeta('alternate', filled(parse(operation.text), operation.parts));
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

const isLiteral = (node: ASTNode): boolean => node.op === 'value';

const operators: Readonly<Record<string, string>> = {
  '==': 'sameAs(LEFT, RIGHT)',
  '!=': '!sameAs(LEFT, RIGHT)',
  '+': 'cel.bind(left__, LEFT, isMerged(left__) ? merged(left__, RIGHT) : dyn(left__) + dyn(RIGHT))',
  in: 'cel.bind(right__, RIGHT, isList(right__) ? holds(right__, LEFT) : dyn(LEFT) in dyn(right__))',
};

/**
 * `a == b` as `sameAs(a, b)`, `in` by the same equality, and `a + b` of sets and maps as their union; undefined where a literal says
 * that they are scalars.
 */
function operatorForm(node: ASTNode): Form | undefined {
  const text = operators[node.op];
  if (text === undefined) return undefined;
  const [LEFT, RIGHT] = node.args as unknown as [ASTNode, ASTNode];
  return isLiteral(LEFT) || isLiteral(RIGHT) ? undefined : { text, parts: { LEFT, RIGHT } };
}

/** `args` are the name, the receiver and the arguments of a call; undefined where the interpreter has the macro. */
function macroForm(name: string, [, RECEIVER, list]: Part[]): Form | undefined {
  const args = list as ASTNode[];
  const zoned = zoneForm(name, RECEIVER as ASTNode, args);
  if (zoned !== undefined) return zoned;
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
    if (name === 'sortBy') return form(`sortedBy(receiver__, receiver__.map(${first}, SECOND))`);
    return name === 'existsOne' ? form(`receiver__.exists_one(${first}, SECOND)`) : undefined;
  }
  if (second === undefined || args.length < 3) return undefined;
  const bound = (part: string): string => `cel.bind(${second}, receiver__[${first}], ${part})`;
  const keys = 'keysOf(receiver__)';
  const kept = args.length === 4 ? `${keys}.filter(${first}, ${bound('THIRD')})` : keys;
  if (name === 'transformList') return form(`${kept}.map(${first}, ${bound('LAST')})`);
  if (name === 'transformMapEntry') return form(`oneMap(${kept}.map(${first}, ${bound('LAST')}))`);
  if (name === 'transformMap')
    return form(`cel.bind(kept__, ${kept}, mapOf(kept__, kept__.map(${first}, ${bound('LAST')})))`);
  if (args.length !== 3 || !['all', 'exists', 'exists_one', 'existsOne'].includes(name)) return undefined;
  return form(`${keys}.${name === 'existsOne' ? 'exists_one' : name}(${first}, ${bound('LAST')})`);
}

/** `t.getHours("+02:00")` as the hours of a time that much later: the interpreter knows zones by their names alone. */
function zoneForm(name: string, RECEIVER: ASTNode, [zone]: readonly ASTNode[]): Form | undefined {
  if (!/^get[A-Z]/.test(name) || zone === undefined || !isLiteral(zone)) return undefined;
  const [, sign, hours, minutes] = /^([+-]?)(\d\d):(\d\d)$/.exec(String(zone.args)) ?? [];
  if (hours === undefined) return undefined;
  const later = `duration("${sign ?? ''}${Number(hours) * 60 + Number(minutes)}m")`;
  return { text: `(RECEIVER + ${later}).${name}()`, parts: { RECEIVER } };
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

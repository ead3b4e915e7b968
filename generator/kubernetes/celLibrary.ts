import { isIp } from './addresses.ts';
import { Environment } from '@marcbachmann/cel-js';
import type { ASTNode } from '@marcbachmann/cel-js';

/** A URL as Kubernetes' CEL library has it: the parts, empty where absent. */
class Url {
  readonly scheme: string;
  readonly host: string;
  readonly path: string;
  constructor(text: string) {
    const [, scheme = '', host = '', path = ''] = urlForm.exec(text) ?? [];
    this.scheme = scheme.toLowerCase();
    this.host = host;
    this.path = path;
  }
}

/** What Go's url.ParseRequestURI accepts: an absolute URL, or an absolute path. */
const urlForm =
  /^(?:([a-zA-Z][a-zA-Z0-9+.-]*):)?(?:\/\/(?:[^/?\s@]*@)?((?:\[[0-9a-fA-F:.%]*\]|[^/?\s:[\]]*)(?::\d*)?))?([^?\s]*)(?:\?.*)?$/;

function isUrl(text: string): boolean {
  if (!/^(?:\/|[a-zA-Z][a-zA-Z0-9+.-]*:)/.test(text) || /\p{Cc}/u.test(text)) return false;
  return urlForm.test(text) && !/%(?![0-9a-fA-F]{2})/.test(text);
}

/** CEL with the functions of Kubernetes' library that CRDs use (k8s.io/apiserver/pkg/cel/library). */
export function createKubernetesCel(): Environment {
  return new Environment({
    unlistedVariablesAreDyn: true,
    homogeneousAggregateLiterals: false,
    enableOptionalTypes: true,
  })
    .registerType('kubernetes.URL', { ctor: Url, fields: { scheme: 'string', host: 'string', path: 'string' } })
    .registerFunction('isURL(string): bool', isUrl)
    .registerFunction('url(string): kubernetes.URL', (text: string) => {
      if (!isUrl(text)) throw new Error(`"${text}" is not a URL`);
      return new Url(text);
    })
    .registerFunction('kubernetes.URL.getScheme(): string', (url: Url) => url.scheme)
    .registerFunction('kubernetes.URL.getHost(): string', (url: Url) => url.host)
    .registerFunction('kubernetes.URL.getEscapedPath(): string', (url: Url) => url.path)
    .registerFunction('isIP(string): bool', isIp);
}

/**
 * `has(a[0].b)` as `("b" in a[0])`: CEL allows any message in front of the field, the interpreter only names. Rules without it
 * come back as they are.
 */
export function withPlainHas(rule: string, ast: ASTNode): string {
  const edits: { start: number; end: number; text: string }[] = [];
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) return node.forEach(visit);
    if (typeof node !== 'object' || node === null || !('op' in node)) return;
    const { op, args, start, end } = node as { op: string; args: unknown; start: number; end: number };
    const field = op === 'call' && Array.isArray(args) && args[0] === 'has' ? hasField(args) : undefined;
    if (field === undefined) return visit(args);
    const { target, name } = field;
    edits.push({ start, end, text: `("${name}" in ${rule.slice(target.start, target.end)})` });
  };
  visit(ast);
  return edits.toReversed().reduce((text, e) => text.slice(0, e.start) + e.text + text.slice(e.end), rule);
}

/** The last step of `has(target.name)` when target is more than names. */
function hasField(args: readonly unknown[]): { target: ASTNode; name: string } | undefined {
  const [argument] = args[1] as ASTNode[];
  if (argument?.op !== '.') return undefined;
  const [target, name] = argument.args as [ASTNode, string];
  let node: ASTNode = target;
  while (node.op === '.') [node] = node.args as [ASTNode, string];
  return node.op === 'id' ? undefined : { target, name };
}

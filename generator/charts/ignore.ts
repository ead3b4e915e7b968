import type { Pattern } from '../util/regex.ts';
import { compilePattern } from '../util/regex.ts';

/**
 * .helmignore as Helm reads it (pkg/ignore): rules in order, the first that matches decides; `!rule` ignores everything it
 * does not match; a trailing `/` means folders; without a `/` in it a rule is about the name alone.
 */
export type Ignore = (path: string, isFolder: boolean) => boolean;

interface Rule {
  readonly matches: (path: string) => boolean;
  readonly negated: boolean;
  readonly foldersOnly: boolean;
}

/** What Helm leaves out always: hidden files in templates/. */
const always = 'templates/.?*';

/** `path` is relative to the chart's folder. Throws SyntaxError for what Helm refuses too. */
export function parseIgnore(text: string): Ignore {
  const lines = text.replace(/^\ufeff/, '').split(/\r?\n/);
  const rules = [...lines, always].flatMap((line) => {
    const rule = line.trim();
    return rule === '' || rule.startsWith('#') ? [] : [ruleOf(rule)];
  });
  return (path, isFolder) => {
    for (const rule of rules) {
      const applies = !rule.foldersOnly || isFolder;
      if (rule.negated) {
        if (!applies || !rule.matches(path)) return true;
      } else if (applies && rule.matches(path)) return true;
    }
    return false;
  };
}

function ruleOf(line: string): Rule {
  if (line.includes('**')) throw new SyntaxError('double-star (**) syntax is not supported');
  const negated = line.startsWith('!');
  const body = negated ? line.slice(1) : line;
  const foldersOnly = body.endsWith('/');
  const pattern = foldersOnly ? body.slice(0, -1) : body;
  const regex = globPattern(pattern.replace(/^\//, ''));
  const isPath = pattern.includes('/');
  return { negated, foldersOnly, matches: (path) => regex.test(isPath ? path : (path.split('/').at(-1) ?? path)) };
}

/** Go's filepath.Match: `*`, `?`, `[a-z]`, `[^a-z]` and `\` before any character; none of them matches a `/`. */
function globPattern(glob: string): Pattern {
  const tokens = glob.match(/\\[\s\S]|\[\^?(?:\\[\s\S]|[^\]\\])+\]|[\s\S]/g) ?? [];
  const parts = tokens.map((token) => {
    if (token === '*') return '[^/]*';
    if (token === '?') return '[^/]';
    if (token.startsWith('[') && token.length > 1) return token;
    if (token === '[') throw new SyntaxError(`syntax error in pattern ${glob}`);
    const char = token.startsWith('\\') && token.length > 1 ? token.slice(1) : token;
    return char.replaceAll(/[.*+?^${}()|[\]\\/]/g, '\\$&');
  });
  return compilePattern(`^${parts.join('')}$`);
}

import type { Diagnostic } from '../../model/diagnostic.ts';
import type { Catalog, CatalogComponent, TemplateFile } from '../../model/model.ts';
import { urlsWithLogin } from '../../util/mask.ts';
import { secretForms } from '../../util/secretForms.ts';
import { namedSecrets } from '../../util/secretNames.ts';
import { locateLine } from '../../yaml/locate.ts';
import { secretHint } from './findings.ts';

/**
 * Secrets that stand in the templates and files of a catalog, each at its place: also of components that no cluster has, and in
 * branches that none takes. Those that `isSaid` knows were found in what was rendered.
 */
export function templateSecrets(
  catalog: Catalog,
  isSaid: (component: string, secret: string) => boolean,
): readonly Diagnostic[] {
  const seen = new Set<string>();
  return [...catalog.components.values()].flatMap((component) =>
    filesOf(component).flatMap((file) => {
      if (seen.size === seen.add(file.file).size) return [];
      return secretsOf(file.text)
        .filter(({ from, to }) => !isSaid(component.name, file.text.slice(from, to)))
        .map((secret) => ({ ...findingOf(file, secret), component: component.name }));
    }),
  );
}

function filesOf(component: CatalogComponent): TemplateFile[] {
  const { values, contributes, manifests, argocd, plain, library } = component;
  const single = [values, contributes].flatMap((t) => (t === undefined ? [] : [t]));
  return [...single, ...manifests, ...argocd, ...plain, ...library.partials.values(), ...library.files.values()];
}

interface SecretInText {
  readonly what: string;
  readonly isCertain: boolean;
  readonly names: readonly string[];
  readonly from: number;
  readonly to: number;
}

/** Each once, in the order of the text. */
function secretsOf(text: string): SecretInText[] {
  const found: SecretInText[] = [
    ...urlsWithLogin(text).map((url) => {
      const from = text.indexOf(url);
      const what = 'an address with a login or a token';
      return { what, isCertain: true, names: [], from, to: from + url.length };
    }),
    ...secretForms(text).map(({ isHash, ...span }) => ({ ...span, isCertain: !isHash, names: [] })),
    ...namedSecrets(text).map(({ name, from, to }) => ({
      what: `a literal value for ${name}`,
      isCertain: false,
      names: [name],
      from,
      to,
    })),
  ];
  return found
    .filter((a, i) => found.findIndex((b) => b.from < a.to && a.from < b.to) === i)
    .sort((a, b) => a.from - b.from);
}

function findingOf({ file, text }: TemplateFile, { what, isCertain, names, from, to }: SecretInText): Diagnostic {
  const start = text.lastIndexOf('\n', from - 1) + 1;
  const line = text.slice(0, from).split('\n').length;
  const width = Math.max(1, (text.slice(from, to).split('\n')[0] ?? '').length);
  return {
    code: 'secret/literal',
    severity: isCertain ? 'error' : 'warning',
    message: `The template holds ${what}, which would be in git.`,
    at: locateLine(file, text, line, from - start + 1, width),
    hint: secretHint,
    names: [...names],
  };
}

import type { HelmResult } from '../ports.ts';
import { readKubernetesYaml } from '../yaml/kubernetesYaml.ts';
import { objectsOf } from '../yaml/lists.ts';
import { foreignLimits, valuesAtMost, valuesIn } from '../yaml/limits.ts';
import { isInexact } from '../yaml/scalars.ts';
import { doubtfulIn } from '../kubernetes/definitions.ts';
import type { Value } from '../model/values.ts';
import { HelmDocumentError, helmDocuments } from './output.ts';
import type { ChartDocument } from './rendered.ts';

export type DocumentReader = (
  result: HelmResult,
) => { readonly documents: readonly ChartDocument[] } | { readonly error: string };

const tooMany = `what it renders has more than ${foreignLimits.values} values`;

/** Texts that are kept, in characters, before the reader forgets them all. */
const limit = 64 * 1024 * 1024;

/**
 * Reads the objects of renderings, in Helm's order and out of their lists, or says in Helm's words which document is no YAML.
 * The clusters of a fleet have most documents of a chart in common: each text is parsed once.
 */
export function createDocumentReader(): DocumentReader {
  const known = new Map<string, ReturnType<typeof readKubernetesYaml>>();
  let size = 0;
  const readOnce: typeof readKubernetesYaml = (text) => {
    const before = known.get(text);
    if (before !== undefined) return before;
    if (size > limit) known.clear();
    size = size > limit ? text.length : size + text.length;
    const read = readKubernetesYaml(text);
    known.set(text, read);
    return read;
  };
  return (result) => {
    // before anything is read, and once more for what aliases stand for
    if (result.texts.reduce((sum, { text }) => sum + valuesAtMost(text), 0) > foreignLimits.values)
      return { error: tooMany };
    try {
      const read = helmDocuments(result, readOnce);
      const aliased = read.filter(({ text }) => text.includes('*')).map(({ object }) => object);
      if (valuesIn(aliased) > foreignLimits.values) return { error: tooMany };
      const documents = read.flatMap(({ source, text, object }) => {
        if (object === null) return []; // comments only
        const inexact = inexactIn(object, readOnce(text));
        return objectsOf(object).map((item) => ({ source, object: item, ...(inexact.length > 0 ? { inexact } : {}) }));
      });
      return { documents };
    } catch (error) {
      if (!(error instanceof HelmDocumentError)) throw error;
      return { error: `${error.message} (line ${error.line} of the document)` };
    }
  };
}

const inexactIn = (object: Value, read: ReturnType<typeof readKubernetesYaml>): readonly string[] =>
  'problem' in read
    ? []
    : doubtfulIn(object, read.doubtful).flatMap(({ source }) => (isInexact(source) ? [source] : []));

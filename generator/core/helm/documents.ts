import { isMap } from '../../model/values.ts';
import type { HelmResult } from '../../ports.ts';
import { HelmDocumentError, helmDocuments } from './output.ts';
import type { ChartDocument } from './rendered.ts';

/** The objects of a rendering, in Helm's order; Helm's words when a document is no YAML. */
export function readDocumentsOf(
  result: HelmResult,
): { readonly documents: readonly ChartDocument[] } | { readonly error: string } {
  try {
    const documents = helmDocuments(result).flatMap(
      ({ source, object }) => (isMap(object) ? [{ source, object }] : []), // comments only
    );
    return { documents };
  } catch (error) {
    if (!(error instanceof HelmDocumentError)) throw error;
    return { error: `${error.message} (line ${error.line} of the document)` };
  }
}

import type { DiagnosticCode } from '../../model/codes.ts';
import { codes } from '../../model/codes.ts';
import { UsageError } from '../../model/diagnostic.ts';
import { didYouMean } from '../../util/suggest.ts';
import type { Result } from '../command.ts';

const isCode = (text: string): text is DiagnosticCode => Object.hasOwn(codes, text);

/** What a code of a finding means and what to do about it. Throws UsageError for a text that is no code. */
export function explainCode(text: string): Pick<Result, 'text' | 'data'> {
  if (!isCode(text))
    throw new UsageError(
      `There is no error code "${text}".${didYouMean(text, Object.keys(codes))}`,
      'Name a code, as in `slipway explain yaml/tab`, or a cluster and a path, as in `slipway explain prod-eu domain`.',
    );
  const { title, help } = codes[text];
  return { text: `${text}: ${title}\n${help}`, data: { code: text, title, help } };
}

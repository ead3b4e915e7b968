/**
 * What a terminal or a reader would obey in place of showing it: control characters of ASCII and Latin-1, marks that turn the
 * direction of text, separators that some programs take for line ends, tag characters, and halves of characters.
 */
const obeyed =
  /(?![\n\t])\p{Cc}|[\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufff9-\uffff\p{Cs}\u{e0000}-\u{e007f}]/gu;

const short: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function escape(char: string): string {
  const code = (char.codePointAt(0) ?? 0).toString(16);
  return short[char] ?? (code.length > 4 ? `\\u{${code}}` : `\\u${code.padStart(4, '0')}`);
}

/** Text of several lines in which everything is shown: escapes as in JSON stand for what would be obeyed. */
export const visible = (text: string): string => text.replace(obeyed, escape);

/** The same for what is part of one line: it neither begins another line nor a workflow command of GitHub. */
export const visibleLine = (text: string): string =>
  visible(text)
    .replace(/[\n\t]/g, escape)
    .replace(/^( *)::/, '$1\\u003a:')
    .replace(/##(?=\[)/g, '#\\u0023');

/** JSON in which everything is shown: the same document, with escapes. */
export const visibleJson = (json: string): string =>
  json.replace(obeyed, (char) => {
    const units = Array.from({ length: char.length }, (_, i) => char.charCodeAt(i));
    return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('');
  });

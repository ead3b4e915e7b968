import { firstNotes, clusterList } from './diffText.ts';
import type { Report } from './types.ts';
import { mergeClusters, sortDiagnostics } from './text.ts';
import { visible } from '../util/visible.ts';

/** Workflow commands of GitHub: findings beside the changed lines of a pull request, and what a diff says first. */
export function githubReport({ diagnostics, differences = [], diff }: Report): string {
  const findings = mergeClusters(sortDiagnostics([...diagnostics, ...differences])).map((d) => {
    const place = d.at === undefined ? {} : { file: d.at.file, line: String(d.at.line), col: String(d.at.col) };
    return line(d.severity, { ...place, title: d.code }, `${d.message}${d.hint === undefined ? '' : ` ${d.hint}`}`);
  });
  const notes = (diff === undefined ? [] : firstNotes(diff)).map(({ note, clusters }) => {
    const isUrgent = ['data', 'refused', 'rights', 'removal'].includes(note.concern);
    const about = note.object === undefined ? note.component : `${note.component}, ${note.object}`;
    const title = `${note.concern}: ${about} (${clusterList(clusters)})`;
    return line(isUrgent ? 'warning' : 'notice', { title }, note.text);
  });
  return [...findings, ...notes].map((text) => `${text}\n`).join('');
}

function line(command: string, properties: Readonly<Record<string, string>>, message: string): string {
  const listed = Object.entries(properties).map(([name, value]) => `${name}=${property(value)}`);
  return `::${command} ${listed.join(',')}::${escaped(message)}`;
}

const escaped = (text: string): string =>
  visible(text.replaceAll('\r\n', '\n')).replaceAll('%', '%25').replaceAll('\n', '%0A');
const property = (text: string): string => escaped(text).replaceAll(':', '%3A').replaceAll(',', '%2C');

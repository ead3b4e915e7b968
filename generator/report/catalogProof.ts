/** One component of the catalog and what its examples showed. */
export interface ProofRow {
  readonly component: string;
  readonly capability: string;
  /** Name and version; absent for manifests. */
  readonly chart?: string;
  /** SHA-256 of the package that was rendered. */
  readonly digest?: string;
  /** How many examples install it. */
  readonly examples: number;
  /** By `<Kubernetes version> <delivery>`. */
  readonly verdicts: Readonly<Record<string, string>>;
}

const folderNote = `

The packages came from a folder (SLIPWAY_CHARTS), not from the repositories: a package that somebody made from the sources of a
chart has another digest than the published one.`;

export interface ProofFacts {
  /** Minors of Kubernetes. */
  readonly versions: readonly string[];
  /** Version of the catalog. */
  readonly catalog: string;
  /** Packages came from SLIPWAY_CHARTS, wherever that has them from. */
  readonly fromFolder: boolean;
}

/** The page that says which charts the catalog was proven with. */
export function proofPage(rows: readonly ProofRow[], { versions, catalog, fromFolder }: ProofFacts): string {
  const columns = versions.flatMap((v) => [`${v} chart`, `${v} rendered`]);
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const body = rows.map((row) =>
    line([
      row.component,
      row.chart ?? 'manifests',
      row.digest === undefined ? '' : `\`${row.digest.slice(0, 16)}\``,
      String(row.examples),
      ...columns.map((c) => row.verdicts[c] ?? ''),
    ]),
  );
  return `# Proof of the catalog

Written by \`slipway catalog test --write\` for catalog ${catalog}. Every component was rendered with the options of every example
that installs it, for each version of Kubernetes, delivered as a chart and rendered. \`ok\` says that Helm takes the values, that
every value takes effect, that the chart renders to the same each time, that the API server would take the objects, and that the
tree has no finding. The digest is the start of the SHA-256 of the package.${fromFolder ? folderNote : ''}

${[line(['component', 'chart', 'digest', 'examples', ...columns]), line([...Array(4 + columns.length)].map(() => '---')), ...body].join('\n')}
`;
}

import type { Diagnostic } from '../model/diagnostic.ts';
import type { DriftReport } from '../model/drift.ts';
import { lockFile, rootFile, treePath } from '../tree/paths.ts';

/** The same as findings at places of the repository, for formats that show findings and nothing else. */
export function driftFindings({ clusters, remedies }: DriftReport): Diagnostic[] {
  const at = (file: string): Pick<Diagnostic, 'at' | 'severity'> => ({
    severity: 'warning',
    at: { file, line: 1, col: 1 },
  });
  return clusters.flatMap(({ name, stale, handEdited, versions, live }): Diagnostic[] => {
    const about = { cluster: name };
    const lock = treePath(name, lockFile);
    const root = treePath(name, rootFile);
    return [
      ...stale.map((f) => ({
        ...at(f.path),
        ...about,
        code: 'drift/stale' as const,
        message: `${f.path} is not what its inputs render to.`,
        hint: remedies.stale,
      })),
      ...handEdited.map((f) => ({
        ...at(f.path),
        ...about,
        code: 'drift/hand-edited' as const,
        message: `${f.path} was ${f.change === 'removed' ? 'removed' : 'edited'} by hand${f.commit === undefined ? ', and that is not committed' : ` by ${f.commit.author} on ${f.commit.date}`}.`,
        hint: remedies.handEdited,
      })),
      ...versions.map((v) => ({
        ...at(lock),
        ...about,
        code: 'drift/version' as const,
        message: `${v.component ?? 'The catalog'} is at ${v.current}; ${[...(v.catalog === undefined ? [] : [`the catalog has ${v.catalog}`]), ...(v.upstream === undefined ? [] : [`its repository ${v.upstream}`])].join(', ')}.`,
        hint: remedies.version,
      })),
      ...(live?.objects ?? []).map((o) => ({
        ...at(o.file ?? root),
        ...about,
        component: o.component,
        code: 'drift/live' as const,
        message: `${o.kind} ${o.namespace === '' ? '' : `${o.namespace}/`}${o.name} of ${o.component} is ${o.state} on the cluster${o.fields.length === 0 ? '' : `: ${o.fields.map((f) => f.path).join(', ')}`}.`,
        hint: remedies.live,
      })),
      ...disagreements(live).map(({ application, text }) => ({
        ...at(root),
        ...about,
        code: 'drift/argocd' as const,
        message: `${application}: ${text}.`,
        hint: 'Compare the revision that Argo CD has with the one here; `argocd app get <name> --refresh` makes it look again.',
      })),
    ];
  });
}

const disagreements = (live: DriftReport['clusters'][number]['live']): { application: string; text: string }[] =>
  (live?.applications ?? []).flatMap(({ application, disagreement }) =>
    disagreement === undefined ? [] : [{ application, text: disagreement }],
  );

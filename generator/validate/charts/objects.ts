import type { Diagnostic } from '../../model/diagnostic.ts';
import type { ValueMap } from '../../model/values.ts';
import { pointerText, textAt } from '../../model/values.ts';
import { treatmentOf } from '../policy.ts';
import { secondDefinitions, secondDefinitionText, usedDefinitions } from '../../kubernetes/definitions.ts';
import { unreadRuleHint, unreadRules } from '../unreadRules.ts';
import type { TreeChecks } from '../tree.ts';
import { standingFinding } from '../kinds.ts';
import { describeObject } from '../../kubernetes/object.ts';
import { storedObject } from '../../helm/rendered.ts';
import type { ChartDocument } from '../../helm/rendered.ts';
import { generatedNameProblems } from '../generatedNames.ts';
import { subjectFields, chartName } from '../../helm/findings.ts';
import type { ChartSubject } from '../../helm/findings.ts';

/** What the API server would say of an object of a chart. */
export interface ObjectProblem extends Pick<Diagnostic, 'code' | 'severity' | 'hint'> {
  readonly object: string;
  readonly source: string;
  readonly problem: string;
}

/**
 * Checks the objects of a chart as they will stand in the cluster; kinds without a schema pass. What the chart itself defines
 * is checked by its own definitions.
 */
export function checkChartObjects(
  documents: readonly ChartDocument[],
  minor: string,
  { shapes: usual, lifecycle, policy }: Pick<TreeChecks, 'shapes' | 'lifecycle' | 'policy'>,
): ObjectProblem[] {
  const all = documents.map(({ source, object }) => ({ source, object: storedObject(object) }));
  const own = usedDefinitions(all.map((d) => d.object));
  const shapes = own.length === 0 ? usual : usual.withDefinitions(own);
  shapes.expect(
    all.map((d) => d.object),
    minor,
  );
  const reported = new Set<string>();
  const treatment = ({ object }: ChartDocument): ReturnType<typeof treatmentOf> =>
    treatmentOf(textAt(object, 'apiVersion') ?? '', textAt(object, 'kind') ?? '', policy);
  const shapeProblems = all.flatMap((document): ObjectProblem[] => {
    const { source, object } = document;
    const about = { object: describeObject(object), source };
    if (treatment(document) === 'skip') return [];
    if (treatment(document) === 'reject') return [{ ...about, ...rejected }];
    const kind = kindProblem(object, minor, lifecycle);
    const key = `${source} ${kind?.problem ?? ''}`;
    const isNew = kind !== undefined && !reported.has(key);
    reported.add(key);
    const fields = shapes.check(object, minor).problems.map((p) => ({
      ...about,
      code: 'helm/object' as const,
      severity: 'error' as const,
      problem: `${p.pointer === '' ? (textAt(object, 'kind') ?? 'it') : pointerText(p.pointer)} ${p.message}.`,
    }));
    return [...(isNew ? [{ ...about, ...kind }] : []), ...fields];
  });
  const seen = all.filter((d) => treatment(d) !== 'skip');
  return [...shapeProblems, ...nameProblems(seen), ...definitionProblems(seen), ...unreadRuleProblems(all, usual)];
}

/** What Argo CD makes of names that are completed later. */
function nameProblems(documents: readonly ChartDocument[]): ObjectProblem[] {
  return generatedNameProblems(documents, (d) => d.object).map(({ about, severity, problem, hint }): ObjectProblem => ({
    code: 'argocd/generated-name',
    severity,
    hint,
    object: describeObject(about.object),
    source: about.source,
    problem: `it ${problem}`,
  }));
}

/** Definitions of one kind; of two of one name, Argo CD keeps the last. */
function definitionProblems(documents: readonly ChartDocument[]): ObjectProblem[] {
  return secondDefinitions(documents, (d) => d.object).map((second): ObjectProblem => {
    const { about, first, isOneObject } = second;
    const other = isOneObject ? first.source : describeObject(first.object);
    return {
      code: 'tree/second-definition',
      severity: isOneObject ? 'warning' : 'error',
      hint: 'Take one of the two out of the chart.',
      object: describeObject(about.object),
      source: about.source,
      problem: `it ${secondDefinitionText(second, other)}`,
    };
  });
}

/** Rules of the chart's own definitions that are passed over. */
const unreadRuleProblems = (documents: readonly ChartDocument[], shapes: TreeChecks['shapes']): ObjectProblem[] =>
  unreadRules(
    documents.map((d) => d.object),
    shapes,
  ).map(({ definition, problem }) => ({
    code: 'tree/unread-rule',
    severity: 'warning',
    hint: unreadRuleHint,
    object: describeObject(definition),
    source: documents.find((d) => d.object === definition)?.source ?? '',
    problem,
  }));

const rejected = {
  code: 'api/rejected',
  severity: 'error',
  problem: '--reject names this kind.',
  hint: 'Set the value that leaves the object out, or take the kind from the list.',
} as const;

/** Of an API that the minor lacks, or is about to lose. */
function kindProblem(
  object: ValueMap,
  minor: string,
  lifecycle: TreeChecks['lifecycle'],
): Pick<ObjectProblem, 'code' | 'severity' | 'hint' | 'problem'> | undefined {
  const apiVersion = textAt(object, 'apiVersion') ?? '';
  const kind = textAt(object, 'kind') ?? '';
  const standing = lifecycle.standing(apiVersion, kind, minor);
  if (standing === undefined) return undefined;
  const { message, ...finding } = standingFinding(apiVersion, kind, standing, minor);
  return { ...finding, problem: message };
}

export function objectFinding(
  { code, severity, hint, object, source, problem }: ObjectProblem,
  job: ChartSubject,
): Diagnostic {
  return {
    code,
    severity,
    ...subjectFields(job),
    at: job.plan.component.source.at('/spec/chart'),
    message: `${object} of ${chartName(job)} (${source}): ${problem}`,
    hint: `${hint ?? 'The API server would refuse it. Correct the value that leads there.'} To see it: slipway preview ${job.cluster.cluster.name} ${job.plan.name}`,
  };
}

import { asString } from '../../model/values.ts';
import type { ShapeChecker } from '../validate.ts';
import { describe } from './purity.ts';
import { itemsOf, withoutNulls } from './rendered.ts';
import type { ChartDocument } from './rendered.ts';

/** Why the API server would refuse an object of a chart. */
export interface ObjectProblem {
  readonly object: string;
  readonly source: string;
  readonly problem: string;
}

/** Checks the objects of a chart as they will stand in the cluster; kinds without a schema pass. */
export function checkChartObjects(
  documents: readonly ChartDocument[],
  minor: string,
  shapes: ShapeChecker,
): ObjectProblem[] {
  const all = documents.flatMap(({ source, object }) =>
    itemsOf(object).map((item) => ({ source, object: withoutNulls(item) })),
  );
  shapes.expect(
    all.map((d) => d.object),
    minor,
  );
  return all.flatMap(({ source, object }) =>
    shapes.check(object, minor).problems.map((p) => ({
      object: describe(object),
      source,
      problem: `${p.pointer === '' ? (asString(object['kind']) ?? 'it') : p.pointer.slice(1).replaceAll('/', '.')} ${p.message}`,
    })),
  );
}

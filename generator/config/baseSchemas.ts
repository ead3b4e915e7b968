import cluster from '../../schemas/base/cluster.schema.json' with { type: 'json' };
import environment from '../../schemas/base/environment.schema.json' with { type: 'json' };
import shared from '../../schemas/base/spec.schema.json' with { type: 'json' };
import type { ValueMap } from '../model/values.ts';
import { mapAt } from '../model/values.ts';

/** A format with its own settings first, then those that clusters and environments share. */
function withShared(format: ValueMap): ValueMap {
  const spec = mapAt(format, 'properties', 'spec');
  const properties = { ...mapAt(spec, 'properties'), ...(shared.properties as unknown as ValueMap) };
  return { ...format, properties: { ...mapAt(format, 'properties'), spec: { ...spec, properties } } };
}

/** The formats of cluster specs and environments, without the options of any catalog. */
export const baseSchemas = {
  cluster: withShared(cluster as unknown as ValueMap),
  environment: withShared(environment as unknown as ValueMap),
};

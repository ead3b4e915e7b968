import { describe, expect, it } from 'vitest';
import { createPipeline } from '../../../generator/pipeline/pipeline.ts';
import { desiredTree } from '../../../generator/drift/desired.ts';
import type { TreeListing } from '../../../generator/tree/compare.ts';
import { emitYaml } from '../../../generator/yaml/emit.ts';
import { overlayContext } from '../../helpers/workspace.ts';

const spec = (name: string, hub?: string): string =>
  emitYaml({
    apiVersion: 'slipway.dev/v1alpha1',
    kind: 'Cluster',
    metadata: { name },
    spec: {
      domain: `${name}.example.com`,
      kubernetes: { version: '1.34' },
      git: { repoURL: 'https://git.example.com/fleet.git' },
      ...(hub === undefined ? {} : { argocd: { hub } }),
      capabilities: { tls: {} },
    },
  });

describe('who applies the root of the clusters that a hub manages', () => {
  it('is the root of the hub, also before there is any, and nobody on a spoke', async () => {
    const files = { 'clusters/hub.yaml': spec('hub'), 'clusters/spoke.yaml': spec('spoke', 'hub') };
    const { clusters, fleets } = await createPipeline(overlayContext(files)).run({ clusters: [] });
    const listing = (name: string): TreeListing => clusters.find((c) => c.name === name)?.tree?.files ?? new Map();
    expect(desiredTree('hub', listing('hub')).fleetOwner?.name).toBe('hub');
    expect(desiredTree('spoke', listing('spoke')).fleetOwner).toBeUndefined();
    expect([...(fleets[0]?.files.keys() ?? [])]).toContain('hub/root.yaml');
    const alone = await createPipeline(overlayContext({ 'clusters/hub.yaml': spec('hub') })).run({ clusters: [] });
    expect(alone.clusters[0]?.tree?.files.get('root.yaml')).toBe(listing('hub').get('root.yaml'));
  });

  it('is somebody by hand, where the tree is from before', async () => {
    const root = `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: { name: hub, namespace: argocd }
spec: { source: { path: deploy/hub, directory: { include: "{root.yaml,apps/*.yaml}" } } }
`;
    const tree = desiredTree('hub', new Map([['root.yaml', root]]));
    expect([tree.fleetOwner, tree.control[0]?.application?.name]).toEqual([undefined, 'hub']);
  });
});

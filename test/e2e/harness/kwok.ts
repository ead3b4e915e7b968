import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ControlPlane } from './controlPlane.ts';
import { served } from './kubeClient.ts';
import { freePort } from './ports.ts';
import type { Run } from './process.ts';
import type { Tools } from './programs.ts';
import { waitFor } from './wait.ts';

/** The nodes: two, so that pods that stay away from each other find a place; one has a GPU. */
function node(name: string, extra: Readonly<Record<string, string>>): unknown {
  const resources = { cpu: '256', memory: '1Ti', pods: '500', 'ephemeral-storage': '1Ti', ...extra };
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      annotations: { 'kwok.x-k8s.io/node': 'fake' },
      labels: {
        'kubernetes.io/os': 'linux',
        'kubernetes.io/arch': 'amd64',
        'kubernetes.io/hostname': name,
        type: 'kwok',
      },
    },
    spec: {},
    status: { allocatable: resources, capacity: resources },
  };
}

function stages(folder: string): string[] {
  const all = (part: string): string[] =>
    readdirSync(join(folder, part))
      .filter((file) => file.endsWith('.yaml') && !file.startsWith('kustomization'))
      .map((file) => join(folder, part, file));
  return [
    ...all('node/fast').filter((file) => file.endsWith('node-initialize.yaml')),
    ...all('node/heartbeat-with-lease'),
    ...all('pod/fast').filter((file) => file.includes('/pod-')),
  ];
}

/** Nodes without machines: kwok says of every pod on them what a kubelet would say. */
export async function startNodes(
  run: Run,
  tools: Tools,
  { name, folder, kubeconfig, client, kubectl }: ControlPlane,
): Promise<void> {
  kubectl(['apply', '--server-side', '-f', join(tools.share('kwok', 'crd'), 'kwok.x-k8s.io_stages.yaml')]);
  await served(client, '/apis/kwok.x-k8s.io/v1alpha1/stages');
  kubectl(['apply', '--server-side', ...stages(tools.share('kwok', 'stage')).flatMap((file) => ['-f', file])]);
  for (const [nodeName, extra] of [
    ['node-0', {}],
    ['node-1', {}],
    ['node-2', { 'nvidia.com/gpu': '8' }],
  ] as const)
    await client.request('POST', '/api/v1/nodes', node(nodeName, extra));
  const kwok = run.start({
    name: `${name}-kwok`,
    program: tools.program('kwok'),
    args: [
      `--kubeconfig=${kubeconfig}`,
      '--enable-crds=Stage',
      '--manage-all-nodes=true',
      '--node-lease-duration-seconds=40',
      `--server-address=127.0.0.1:${await freePort()}`,
    ],
    env: { HOME: folder },
  });
  await waitFor('a ready node', async () => {
    kwok.check();
    const found = await client.get('/api/v1/nodes/node-0');
    const conditions = ((found?.['status'] as { conditions?: { type: string; status: string }[] } | undefined) ?? {})
      .conditions;
    return conditions?.some((c) => c.type === 'Ready' && c.status === 'True') === true ? true : undefined;
  });
}

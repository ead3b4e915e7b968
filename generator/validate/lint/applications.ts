import { annotationList } from '../../kubernetes/object.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import type { TreeObject } from '../../model/model.ts';
import type { Value, ValueMap } from '../../model/values.ts';
import { asList, asMap, getAt, listAt, mapAt, textAt } from '../../model/values.ts';
import { isDnsLabel } from '../../model/names.ts';
import { finding } from '../findings.ts';

/** Finalizers of an Application that Argo CD acts on and the API server does not warn of. */
const finalizers: ReadonlySet<string> = new Set(
  ['foreground', 'background'].map((policy) => `resources-finalizer.argocd.argoproj.io/${policy}`),
);
/** Kinds of the core group: with any other one, a rule needs its group. */
const coreKinds: ReadonlySet<string> = new Set([
  '*',
  'ConfigMap',
  'Endpoints',
  'LimitRange',
  'Namespace',
  'Node',
  'PersistentVolume',
  'PersistentVolumeClaim',
  'Pod',
  'ReplicationController',
  'ResourceQuota',
  'Secret',
  'Service',
  'ServiceAccount',
]);
const exactVersion = /^v?\d+\.\d+\.\d+([-+][0-9A-Za-z.+-]+)?$/;

type Say = (code: Diagnostic['code'], message: string, hint: string) => Diagnostic;

/** What is wrong with one Application, whatever it applies. */
export function applicationRules(object: TreeObject): Diagnostic[] {
  const spec = mapAt(object.object, 'spec');
  const say: Say = (code, message, hint) => finding(code, object, `Application ${object.name} ${message}.`, hint);
  return [
    ...nameRules(object, spec, say),
    ...finalizerRules(object, say),
    ...sourceRules(spec, say),
    ...policyRules(object, spec, say),
    ...differenceRules(spec, say),
  ];
}

export function sourcesOf(spec: ValueMap): readonly ValueMap[] {
  return spec['sources'] === undefined ? [mapAt(spec, 'source')] : listAt(spec, 'sources').map(asMap);
}

function nameRules({ name }: TreeObject, spec: ValueMap, say: Say): Diagnostic[] {
  if (!isDnsLabel(name))
    return [
      say(
        'argocd/name',
        'has a name that is no DNS label of at most 63 characters',
        'Use a shorter or plainer name: it becomes a label and part of file names.',
      ),
    ];
  const release = sourcesOf(spec).some(
    (source) => source['chart'] !== undefined && getAt(source, 'helm', 'releaseName') === undefined,
  );
  if (!release || name.length <= 53) return [];
  return [
    say(
      'argocd/name',
      `has a name of ${name.length} characters that is its Helm release name too; 53 are allowed`,
      'Set helm.releaseName, or use a shorter name.',
    ),
  ];
}

function finalizerRules({ object }: TreeObject, say: Say): Diagnostic[] {
  return listAt(object, 'metadata', 'finalizers')
    .map(String)
    .filter((name) => !finalizers.has(name))
    .map((name) =>
      say(
        'argocd/finalizer',
        `has the finalizer "${name}"`,
        `Use ${[...finalizers].join(' or ')}, or none; Argo CD adds those of hooks itself.`,
      ),
    );
}

function sourceRules(spec: ValueMap, say: Say): Diagnostic[] {
  return sourcesOf(spec).flatMap((source) => {
    const revision = textAt(source, 'targetRevision') ?? '';
    if (source['chart'] !== undefined)
      return exactVersion.test(revision)
        ? []
        : [
            say(
              'argocd/revision',
              `takes its chart at "${revision}", which is no exact version`,
              'Name one version: a range changes the cluster without a commit.',
            ),
          ];
    return revision === '' || /^(?:refs\/heads\/)?HEAD$/.test(revision)
      ? [
          say(
            'argocd/revision',
            `follows ${revision === '' ? 'no revision' : revision}`,
            'Name the branch (refs/heads/main), a tag or a commit.',
          ),
        ]
      : [];
  });
}

function policyRules({ object }: TreeObject, spec: ValueMap, say: Say): Diagnostic[] {
  const policy = mapAt(spec, 'syncPolicy');
  const options = listAt(policy, 'syncOptions').map(String);
  const compare = annotationList(object, 'argocd.argoproj.io/compare-options');
  const found: Diagnostic[] = [];
  if (getAt(policy, 'automated', 'allowEmpty') === true)
    found.push(
      say('argocd/allow-empty', 'may lose all of its objects at once (allowEmpty)', 'Take automated.allowEmpty out.'),
    );
  if (options.includes('ServerSideApply=true') && !compare.includes('ServerSideDiff=true'))
    found.push(
      say(
        'argocd/server-side-diff',
        'applies on the server and compares on the client',
        'Annotate it with argocd.argoproj.io/compare-options: ServerSideDiff=true.',
      ),
    );
  if (policy['managedNamespaceMetadata'] !== undefined && !options.includes('CreateNamespace=true'))
    found.push(
      say(
        'argocd/namespace-metadata',
        'has managedNamespaceMetadata without CreateNamespace=true, which ignores it',
        'Add the sync option, or contribute the namespace with its labels.',
      ),
    );
  if (options.includes('CreateNamespace=true'))
    found.push(
      say(
        'argocd/namespace-metadata',
        'creates its namespace itself',
        'Contribute the namespace (contributes.yaml.hbs): it has one owner then, and is never pruned.',
      ),
    );
  return found;
}

function differenceRules(spec: ValueMap, say: Say): Diagnostic[] {
  const rules = listAt(spec, 'ignoreDifferences').map(asMap);
  const found = rules.flatMap((rule) =>
    differenceProblems(rule).map((problem) =>
      say(
        'argocd/ignore-differences',
        `has a rule in ignoreDifferences for ${String(rule['kind'] as Value)} ${problem}`,
        'Correct it: a rule that matches nothing is ignored in silence.',
      ),
    ),
  );
  const policy = mapAt(spec, 'syncPolicy');
  const heals = getAt(policy, 'automated', 'selfHeal') === true;
  if (rules.length > 0 && heals && !listAt(policy, 'syncOptions').includes('RespectIgnoreDifferences=true'))
    found.push(
      say(
        'argocd/ignore-differences',
        'ignores differences, and overwrites them at every sync',
        'Add the sync option RespectIgnoreDifferences=true.',
      ),
    );
  return found;
}

function differenceProblems(rule: ValueMap): string[] {
  const kind = textAt(rule, 'kind') ?? '';
  const group = textAt(rule, 'group') ?? '';
  const paths = ['jsonPointers', 'jqPathExpressions', 'managedFieldsManagers'];
  const pointers = listAt(rule, 'jsonPointers').map(String);
  return [
    ...(group === '' && !coreKinds.has(kind) ? ['without its group'] : []),
    ...(paths.every((p) => asList(rule[p]).length === 0) ? ['that names no field'] : []),
    ...pointers.flatMap((p) => (/^(?:\/(?:[^~/*]|~[01])*)+$/.test(p) ? [] : [`with "${p}", which is no JSON pointer`])),
  ];
}

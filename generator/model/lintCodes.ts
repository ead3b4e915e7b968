/** Codes of the rules for Argo CD, of silencing them, of consent, of what tenants may have, and of promoting. */
export const lintCodes = {
  'argocd/allow-empty': {
    title: 'Application that may lose everything',
    help: '`automated.allowEmpty` lets a sync remove all objects of an Application, which is what a wrong path or a broken template looks like.',
  },
  'argocd/annotation': {
    title: 'Unknown annotation of Argo CD',
    help: 'An annotation below `argocd.argoproj.io/`, or an entry of one (compare options, hooks, delete policies), is none that Argo CD knows. It ignores them in silence.',
  },
  'argocd/hook-policy': {
    title: 'Delete policy of what is no hook',
    help: '`argocd.argoproj.io/hook-delete-policy` counts for hooks alone: an object that is none is neither deleted before nor after a sync because of it. Say which hook it is, or take the annotation out.',
  },
  'argocd/cluster-secret': {
    title: 'Cluster registered twice',
    help: 'Two Secrets for Argo CD register clusters under one name.',
  },
  'argocd/crd-size': {
    title: 'Definition too large for client-side apply',
    help: 'Applied on the client, a whole object is kept in an annotation, and those hold 262144 bytes.',
  },
  'argocd/excluded-kind': {
    title: 'Kind that Argo CD leaves alone',
    help: 'The default `resource.exclusions` of Argo CD hold the kind: an object of it in git is never applied.',
  },
  'argocd/generated-name': {
    title: 'Name that is completed later',
    help: 'An object has a `generateName` and no name. Argo CD completes the name of a hook by revision, phase and time, which is the same for all hooks of a phase with one generateName, and can get too long; anything that is no hook it applies, and that takes a name (`Replace=true` makes it new at every sync).',
  },
  'argocd/finalizer': {
    title: 'Finalizer of an Application',
    help: 'Only `resources-finalizer.argocd.argoproj.io/background` and `/foreground` may stand in git: of one without a path the API server warns, those of hooks are added by Argo CD, and any other one keeps the Application from ever going.',
  },
  'argocd/force-replace': {
    title: 'Data would be made anew',
    help: '`Replace=true` with `Force=true` deletes an object and makes it again whenever it changes; what it holds is lost.',
  },
  'argocd/ignore-differences': {
    title: 'Rule for differences without effect',
    help: 'A rule of `ignoreDifferences` lacks its group or its fields, has a pointer that is none, or is overwritten at every sync because `RespectIgnoreDifferences=true` is missing.',
  },
  'argocd/name': {
    title: 'Name of an Application',
    help: 'An Application is called by a DNS label of at most 63 characters, or of 53 when it is its Helm release name too.',
  },
  'argocd/namespace-metadata': {
    title: 'Namespace made by an Application',
    help: '`CreateNamespace=true` makes a namespace without an owner in the tree, and `managedNamespaceMetadata` counts for nothing without it. Namespaces are contributed.',
  },
  'argocd/path': {
    title: 'Application of an empty folder',
    help: 'The path of an Application is a folder of this tree that holds nothing.',
  },
  'argocd/project': {
    title: 'Project does not permit, or permits everything',
    help: 'A source, namespace or kind of an Application is not permitted by its AppProject, which Argo CD says only when it syncs; or it names no account (`destinationServiceAccounts`) where Argo CD syncs in the name of accounts; or the project is `default`, or permits every cluster.',
  },
  'argocd/repository': {
    title: 'One repository in two spellings',
    help: 'Argo CD keeps credentials and caches by repository; `https://host/a` and `https://host/a.git` are one for it in some places and two in others.',
  },
  'argocd/revision': {
    title: 'Revision that moves',
    help: 'A chart is taken at a range, or a repository at `HEAD` or at nothing: the cluster would change without a commit.',
  },
  'argocd/server-side-diff': {
    title: 'Compared on the client, applied on the server',
    help: 'With `ServerSideApply=true`, comparing on the client breaks on fields its built-in schema does not know.',
  },
  'argocd/size': {
    title: 'Manifests of an Application too large',
    help: 'Argo CD refuses folders of more than 10 MiB of manifests; from half of that on it is a warning.',
  },
  'argocd/tracking': {
    title: 'Annotation of a live object',
    help: 'Tracking ids, refreshes, approvals and last-applied configurations belong to objects of a cluster. In git they make Argo CD lose track of objects, or agree to deletions for ever.',
  },
  'argocd/unprotected': {
    title: 'Data without protection',
    help: 'An object that holds data would be pruned with the commit that takes it out, or deleted with its Application. Objects that hold data carry `Prune=false,Delete=false` (or `confirm`).',
  },
  'argocd/wave': {
    title: 'Sync wave',
    help: 'A sync wave is an integer, and an Application comes in a later wave than what it waits for.',
  },
  'spec/silence': {
    title: 'Silence of what cannot be silenced',
    help: '`silence` names a code that does not exist, or one that is no matter of opinion.',
  },
  'spec/unused-silence': {
    title: 'Silence that silences nothing',
    help: 'An entry of `silence` matches no finding any more. Remove it, or what it was for comes back unseen.',
  },
  'spec/unused-deletion': {
    title: 'Consent to no removal',
    help: 'An entry of `spec.deletions` agrees to a removal that is done, or does not happen. Take it out, or it agrees to the next one as well.',
  },
  'spec/unused-acceptance': {
    title: 'Agreement to no change',
    help: 'An entry of `spec.acceptedChanges` agrees to a change that is done, or does not happen. Take it out, or it agrees to the next one as well.',
  },
  'promote/branch': {
    title: 'Branch has another file',
    help: 'The branch that `slipway promote --branch` was to commit on holds another version of the file. Nothing was written.',
  },
  'promote/edit': {
    title: 'File cannot be edited',
    help: 'What stands above the value is no map, so that it cannot be written without changing the rest of the file. Nothing was written.',
  },
  'promote/environment': {
    title: 'Value of an environment',
    help: 'The value that would be promoted is set by an environment of the cluster, for all of its clusters. Promote the environment, or pass --override.',
  },
  'promote/no-pins': {
    title: 'Nothing is proven',
    help: 'The cluster or environment has no pin of the catalog and no versions of components: it follows the working tree, and there is nothing to hand on.',
  },
  'promote/not-set': {
    title: 'Option is not set',
    help: 'The option has its default there, or does not exist. Defaults come with the catalog.',
  },
  'promote/own-version': {
    title: 'Version of its own',
    help: 'The target has a version of a component, and the source takes that of its catalog: that version is not proven there. It stays until somebody takes it out.',
  },
  'promote/uncommitted': {
    title: 'Changes in the way',
    help: '`slipway promote --branch` commits the file and the tree; changes in them that are not committed would go along.',
  },
  'spec/host': {
    title: 'Host name that two have',
    help: 'A host name, or a wildcard over it, belongs to two: a tenant and the platform, two tenants, or two capabilities. The gateway serves all of them, and of two routes for one host the older one wins.',
  },
  'spec/shared': {
    title: 'One thing for two clusters',
    help: 'Two clusters name the same thing outside of them that only serves one: an auth mount of Vault, a bucket of logs, a folder of backups. Which ones there are is data of the catalog (`exclusive` in [contributes.yaml.hbs](catalog.md#contributesyamlhbs)).',
  },
  'spec/tenant-kind': {
    title: 'Kind that is kept from tenants',
    help: '`kinds` of a tenant names a kind that the catalog does not give to teams, for the reason that is said: the controllers that act on it may have more rights than the team. Or it names one that every team has.',
  },
} as const;

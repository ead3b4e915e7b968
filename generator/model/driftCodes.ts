/** Codes of `slipway drift`. */
export const driftCodes = {
  'drift/stale': {
    title: 'Tree is not what its inputs render to',
    help: 'A spec, an environment or the catalog changed and the tree was not rendered since. Run `slipway render` and commit the result.',
  },
  'drift/hand-edited': {
    title: 'Generated file was edited by hand',
    help: 'The file differs from what `tree.lock` recorded. Move the change into the spec, then `slipway render --force` writes the file anew.',
  },
  'drift/version': {
    title: 'Version behind',
    help: 'The cluster installs an older catalog or chart than the catalog offers, or the chart repository has newer ones: move `spec.catalog`, drop the version from `spec.components`, or run `slipway catalog upgrade`.',
  },
  'drift/live': {
    title: 'Cluster is not what the tree says',
    help: 'An object is missing, was changed, or is there although the tree does not have it. Argo CD puts back what the tree says at its next sync; what is meant to stay belongs into the spec, or into `ignoreDifferences` of the component.',
  },
  'drift/argocd': {
    title: 'Argo CD sees it otherwise',
    help: 'Argo CD says Synced where the cluster differs from the tree, or OutOfSync where it does not. Most often it has not looked since (`argocd app get <name> --refresh`), reads another revision, or the working tree is not what was pushed.',
  },
  'drift/unchecked': {
    title: 'Could not be compared',
    help: 'Something was left out, most often because the account may not read it. What was found is true; what was left out may differ.',
  },
  'drift/ignore-rule': {
    title: 'Rule that is not understood',
    help: 'An expression of `ignoreDifferences` uses more of jq than paths, `[]`, `?`, `select`, comparisons and `|`. Differences that it would hide are reported.',
  },
  'drift/upstream': {
    title: 'Newer versions are not known',
    help: 'The repository of a chart could not be asked. Everything else of the report holds; `--offline` leaves the question out.',
  },
  'drift/context': {
    title: 'No such context',
    help: 'The kubeconfig has no context of that name, or cannot be used. `kubectl config get-contexts` lists them; KUBECONFIG names another file. In a pod its service account is used, as context `in-cluster`.',
  },
  'drift/unreachable': {
    title: 'Cluster cannot be reached',
    help: 'The API server did not answer, cut the connection, or has a certificate that is refused. The same request by hand: `kubectl --context <name> version`.',
  },
  'drift/refused': {
    title: 'Cluster refuses the account',
    help: 'The API server does not know the account of the context, or its token has expired. `kubectl --context <name> auth whoami` shows who it is.',
  },
  'drift/answer': {
    title: 'Answer that is none of Kubernetes',
    help: 'What answers at the address of the API server does not speak its language, or stopped half way. Most often a proxy or a load balancer stands in between.',
  },
} as const;

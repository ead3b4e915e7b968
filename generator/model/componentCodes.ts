/** Codes of `spec.components`: settings without effect, and patches. */
export const componentCodes = {
  'spec/unknown-component': {
    title: 'Unknown component',
    help: '`spec.components` names a component that no enabled capability installs, or `spec.acceptedChanges` one that the catalog does not have.',
  },
  'spec/consent': {
    title: 'Data goes with the component',
    help: '`spec.components.<name>.removal: delete` takes the protection off what a component holds. It is the first of two steps: render, commit, and let Argo CD sync it; then take the component out of the spec, and Argo CD deletes its objects with their data. Namespaces, definitions and the volumes that StatefulSets made stay.',
  },
  'spec/no-effect': {
    title: 'Setting without effect',
    help: 'A setting below `spec.components` changes nothing: the component has no chart that it could be about, or is not installed. What an environment sets is one only when no cluster of it has a use for it.',
  },
  'spec/template-text': {
    title: 'Text that another program would compute',
    help: 'An option holds `{{`, and its text gets into values of a chart or into the template of an ExternalSecret; or it holds `$(`, and gets into values of a chart or into command, args or env of a container. Charts hand values to `tpl`, so that Helm would compute it, with everything it knows (other values, Secrets of the namespace); Kubernetes puts variables of the container in place of `$(NAME)`. Write the text without it. Values below `spec.components.<name>.values` go to Helm as they are.',
  },
  'patch/delivery': {
    title: 'Patch of a chart that Argo CD renders',
    help: 'A patch changes objects of the tree. A component that is delivered as a chart has none there: use its values, or deliver it rendered.',
  },
  'patch/target': {
    title: 'Patch without an object',
    help: 'The target of a patch below `spec.components` matches no object of its component. A patch that reaches nothing would be lost in silence.',
  },
  'patch/invalid': {
    title: 'Patch cannot be applied',
    help: 'A patch below `spec.components` does not fit the object: an operation of a JSON patch fails, a directive is not known, or an entry of a list lacks its key.',
  },
  'patch/refused': {
    title: 'Patch that may not be',
    help: 'A patch may not make another object of one, put a secret into git, change what Argo CD knows the object by, take off what protects data, or change objects of Argo CD.',
  },
  'patch/rights': {
    title: 'Patch of rights without consent',
    help: 'The patch changes what somebody may do: roles, policies, quotas, service accounts, the security context of pods. `rights: <reason>` in the patch is the consent, and `slipway diff` says it first.',
  },
  'patch/no-change': {
    title: 'Patch without effect',
    help: 'Every object that the patch is for is like this already.',
  },
} as const;

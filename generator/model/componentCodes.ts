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
} as const;

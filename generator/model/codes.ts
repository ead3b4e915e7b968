import { catalogCodes } from './catalogCodes.ts';
import { chartCodes } from './chartCodes.ts';
import { lintCodes } from './lintCodes.ts';
import { driftCodes } from './driftCodes.ts';
import { componentCodes } from './componentCodes.ts';
import { fileCodes } from './fileCodes.ts';
import { publishCodes } from './publishCodes.ts';
import { upgradeCodes } from './upgradeCodes.ts';

/** Every diagnostic code with its title and what to do; docs/errors.md is generated from this table. */
export const codes = {
  ...chartCodes,
  ...lintCodes,
  ...driftCodes,
  ...componentCodes,
  ...fileCodes,
  ...publishCodes,
  'schema/unknown-key': { title: 'Unknown key', help: 'The key is not part of the format; most often a typo.' },
  'schema/type': { title: 'Wrong type', help: 'The value has another type than the format asks for.' },
  'schema/value': {
    title: 'Value not allowed',
    help: 'The value is outside of what the schema allows (enum, bounds, pattern).',
  },
  'schema/required': {
    title: 'Missing key',
    help: 'A required key is absent after merging defaults, environments and the cluster spec.',
  },
  'schema/stale': {
    title: 'Editor schema not current',
    help: '`schemas/cluster.schema.json` is what editors complete from, and the catalog has moved on. Run `slipway schema cluster --write`.',
  },
  'schema/unreachable': {
    title: 'Schema cannot be fetched',
    help: 'The host of a `--schema-location`, or of a place to import from, does not answer as it should. Nothing was checked or written.',
  },
  'spec/unknown-capability': { title: 'Unknown capability', help: 'No folder of the catalog has this name.' },
  'spec/unknown-kind': {
    title: 'Unknown kind',
    help: '`spec.acceptedChanges` names a kind whose fields nothing guards.',
  },
  'spec/unknown-environment': { title: 'Unknown environment', help: '`environments/<name>.yaml` does not exist.' },
  'spec/environment-cycle': {
    title: 'Environments extend each other',
    help: 'Following `extends:` leads back to the start.',
  },
  'spec/option-not-applicable': {
    title: 'Option of a provider that is not chosen',
    help: 'The option only exists while its condition holds (`x-when` in the option schema).',
  },
  'spec/added-list': {
    title: 'List that is set and added to',
    help: '`+topics` adds to the list `topics` of the layers below. Beside `topics` itself, which replaces that list, there is nothing that it could add to.',
  },
  'spec/kubernetes-version': {
    title: 'Kubernetes that the catalog is not for',
    help: 'The cluster runs an older Kubernetes than the catalog installs on, a newer one than it installs on, or, as a warning, a newer one than it was tested with (`kubernetes` in `catalog/catalog.yaml`).',
  },
  'spec/rule': {
    title: 'Rule of a capability violated',
    help: 'A cross-field rule of the capability is not met by the merged options.',
  },
  'spec/duplicate-name': {
    title: 'Duplicate name',
    help: 'Two clusters, or two Applications of one Argo CD, would have the same name.',
  },
  'spec/hub': {
    title: 'Hub does not exist',
    help: '`spec.argocd.hub` has to name a cluster of this repository that runs Argo CD itself.',
  },
  'spec/git-url': {
    title: 'Another repository in spec.git',
    help: 'Argo CD reads the trees from `spec.git.repoURL`, and no remote of this repository has that address (over ssh or https, with or without user, port and `.git`). In a fork it is as it should be; the address of a mirror on another host is not reported when the repository is called the same there, nor one that is a remote too (`git remote add`).',
  },
  'spec/git-branch': {
    title: 'Unknown branch in spec.git',
    help: 'Argo CD follows `spec.git.branch`, and there is no branch of this name here or at a remote. Detached and shallow checkouts, as CI makes them, are not asked.',
  },
  'spec/git-path': {
    title: 'Another folder in spec.git',
    help: 'Argo CD looks for the trees in `deploy/` below `spec.git.path` of the git repository. In a repository that holds more than the fleet, the path is the folder of the fleet.',
  },
  'contract/missing': {
    title: 'Contract without provider',
    help: 'A capability requires what no enabled capability provides.',
  },
  'contract/ambiguous': {
    title: 'Contract with two providers',
    help: 'Two enabled capabilities provide the same contract.',
  },
  'graph/cycle': { title: 'Dependency cycle', help: 'Components wait for each other; the path is shown.' },
  'graph/missing-need': {
    title: 'Needed component not enabled',
    help: 'A component needs another one that is not installed in this cluster.',
  },
  'graph/crd-order': {
    title: 'Custom resource before its definition',
    help: 'The component that brings the kind is not in an earlier wave. Add it to `needs`.',
  },
  ...catalogCodes,
  ...upgradeCodes,
  'template/syntax': { title: 'Template syntax', help: 'The Handlebars template cannot be parsed.' },
  'template/undefined': {
    title: 'Undefined path in a template',
    help: 'The template names something its context does not have.',
  },
  'template/helper': {
    title: 'Template helper refused',
    help: 'A helper refused its argument, so that no option value can break out of its place.',
  },
  'template/yaml': {
    title: 'Template does not render to YAML',
    help: 'The rendered text is not the YAML it should be. Most often an interpolation is glued to text: use `str`.',
  },
  'tree/duplicate-object': {
    title: 'Two components own one object',
    help: 'The same kind, namespace and name is rendered by two components; Argo CD would let them fight.',
  },
  'tree/second-definition': {
    title: 'Two definitions of one kind',
    help: 'Two CustomResourceDefinitions define the same kind of one group. Under one name they are one object, and the last that is applied is left; under two names the API server does not establish the second.',
  },
  'tree/namespace-owner': {
    title: 'Two components own one namespace',
    help: 'A namespace has exactly one owner; every other component only uses it.',
  },
  'tree/namespace-missing': {
    title: 'Namespace without owner',
    help: 'A component installs into a namespace that no component creates.',
  },
  'tree/object': {
    title: 'Not a Kubernetes object',
    help: 'A manifest lacks apiVersion, kind, metadata.name, or a namespace where its kind has one.',
  },
  'tree/name': { title: 'Name too long or not a DNS label', help: 'Kubernetes or Helm would refuse the name.' },
  'tree/secret': {
    title: 'Secret in plain text',
    help: 'A Secret with data would land in git. Contribute the secret instead, so that it comes from the store.',
  },
  'tree/schema': {
    title: 'Object does not match its Kubernetes schema',
    help: 'An object of the tree has an unknown field, a wrong type or a value the API server would refuse.',
  },
  'tree/unread-rule': {
    title: 'Rule of a definition that is not checked here',
    help: 'A CustomResourceDefinition beside objects of its kind has a rule in CEL (`x-kubernetes-validations`) that Slipway cannot evaluate: it is passed over, and only the API server checks it. Which functions are known: docs/validation.md.',
  },
  'tree/no-schema': {
    title: 'No schema for a kind',
    help: 'The kind was not checked. Import its schema with `slipway schema import`.',
  },
  'api/removed': {
    title: 'API that this Kubernetes no longer has',
    help: 'The API server of the cluster refuses the object: its version removed the kind, or the definition of a custom kind no longer serves that version. Move to the replacement. With `--kubernetes` it is what breaks at an upgrade.',
  },
  'api/not-yet': {
    title: 'API that this Kubernetes does not have yet',
    help: 'The kind comes with a later version of Kubernetes than the cluster has.',
  },
  'api/deprecated': {
    title: 'Deprecated API',
    help: 'The API server still takes the kind, and says that it will go; or the next version of Kubernetes does not have it any more. Move to the replacement before the upgrade.',
  },
  'api/rejected': { title: 'Rejected kind', help: '`--reject` names the kind of the object.' },
  'tree/sync-option': {
    title: 'Unknown sync option',
    help: 'Argo CD ignores sync options it does not know, exact spelling included.',
  },
  'reference/missing': {
    title: 'Name that points nowhere',
    help: 'An object names another one (a Secret and its key, an issuer, a storage class, a gateway, the kind it is of …) that no object of the tree, no chart, no expected secret and no operator provides. Correct the name; declare what is there without this repository in `spec.externals`, and what a controller makes in `makes` of its component.yaml. See docs/validation.md.',
  },
  'diff/base': {
    title: 'Base does not render',
    help: 'What the revision of `--base` had is rendered with this program, and that found errors. Name a revision that renders, or compare with the committed tree by leaving `--base` out.',
  },
  'git/failed': { title: 'Git failed', help: 'A git command ended with an error; its last lines are shown.' },
  'git/hook': {
    title: 'A hook refused',
    help: 'A hook of the repository (pre-commit, commit-msg, pre-push and others) ended with an error, or changed the tree that was to be committed. Its words are shown.',
  },
  'git/in-progress': {
    title: 'Git is in the middle of something',
    help: 'A merge, rebase, cherry-pick or revert is not finished. A commit in between would become part of it.',
  },
  'git/in-use': {
    title: 'Branch is checked out elsewhere',
    help: 'Another work tree of this repository (`git worktree list`) has the branch checked out; a commit on it from here would make that work tree differ from its branch. Nothing was committed.',
  },
  'git/locked': {
    title: 'Git is locked',
    help: 'Another git works in the repository, or one was killed and left its lock behind. Where no git is at work any more, the lock is removed by hand.',
  },
  'git/moved': {
    title: 'The branch moved',
    help: 'Somebody else committed to the branch while the commit was built. The commit was not made, for it would have undone theirs.',
  },
  'git/push-target': {
    title: 'Nowhere to push',
    help: 'Which branch of which remote is pushed to follows from the configuration of git, as with `git push`: branch.<name>.pushRemote, remote.pushDefault, branch.<name>.remote, push.default. It says nothing, or two things.',
  },
  'git/refused': {
    title: 'The remote refuses the push',
    help: 'A protected branch, a rule about signatures or commit messages, or another hook of the remote. Pushing again changes nothing; what the remote says is shown.',
  },
  'git/unsafe-folder': {
    title: 'Git does not trust the folder',
    help: 'The repository belongs to another user, as in a container that mounts it, and git reads none of it until its folder is named in safe.directory.',
  },
  'git/not-a-repository': {
    title: 'Not a git repository',
    help: 'The command needs the fleet repository to be a git work tree.',
  },
  'git/uncommitted-input': {
    title: 'Input is not committed',
    help: '`slipway commit` commits the tree and nothing else. Specs, environments or catalog files that changed with it have to be committed as well: from what is in git, others would render another tree.',
  },
  'git/rejected': {
    title: 'Push rejected',
    help: 'The remote moved on and the change could not be re-applied cleanly.',
  },
  'tool/usage': {
    title: 'Wrong command line',
    help: 'A command, option or argument is not what it can be; the message names it. Exit code 64.',
  },
  'tool/interrupted': {
    title: 'Interrupted',
    help: 'A signal ended the run before its end: `deploy/` is what it was, or written in full.',
  },
  'tool/system': {
    title: 'The operating system refused',
    help: 'A file, a process or a connection is refused by this machine: permissions, space, or a limit.',
  },
  'tool/missing': { title: 'Program not found', help: 'The command needs another program, which is not on PATH.' },
  'tool/version': { title: 'Program too old', help: 'The program is there, in a version that is too old.' },
  'tool/failed': {
    title: 'Program failed',
    help: 'Another program (kubectl, helm) ended with an error; its last lines are shown.',
  },
  'cluster/differs': {
    title: 'Cluster is not what the spec says',
    help: '`slipway doctor --context` found it otherwise than `spec.kubernetes`, `spec.network` and `spec.storage` say, or than the distribution brings it. Correct the spec or the cluster before the bootstrap. See docs/distributions.md.',
  },
  'cluster/occupied': {
    title: 'Place is taken',
    help: 'Something in the cluster already does what this tree is to install, and both would fight over it. Switch one of them off.',
  },
  'cluster/unseen': {
    title: 'Not allowed to look',
    help: 'The account of the context may not read what `slipway doctor --context` asks for, so that this is not known. Nothing is changed on the cluster in any case.',
  },
  'secret/no-store': {
    title: 'Secret has to be created by hand',
    help: 'No store provides it: create the Secret in the cluster before the component syncs. `slipway inspect secrets` lists them.',
  },
  'secret/literal': {
    title: 'Secret outside of a store',
    help: 'A spec, environment, object or Helm value holds what is a secret by its form (an address with a login, a token, a private key), or by the name beside it. Git keeps it for good: put it into the store, make a new one, and name the Secret instead. What is none is silenced with the reason (`spec.silence` of the spec or of component.yaml).',
  },
  internal: {
    title: 'Internal error',
    help: 'A bug in Slipway. Please report it with the output of `slipway doctor`.',
  },
} as const satisfies Record<string, { title: string; help: string }>;

export type DiagnosticCode = keyof typeof codes;

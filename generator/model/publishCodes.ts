/** Codes of what stands in deploy/ against what is to stand there, and of writing files. */
export const publishCodes = {
  'publish/hand-edited': {
    title: 'Generated file was edited by hand',
    help: 'The file is not what `tree.lock` says was written. Move the change into the spec, or run `slipway render --force` to overwrite it.',
  },
  'publish/not-owned': {
    title: 'File in the way',
    help: 'A file that Slipway did not write stands where it has to write. Move it, or use --force.',
  },
  'publish/foreign': {
    title: 'File that Slipway did not write',
    help: 'Argo CD applies every manifest below `apps/` and `manifests/` of a tree. This one is in no `tree.lock`: nothing checked it, and no spec says why it is there. A component in `custom/` is the place for objects of your own.',
  },
  'publish/deletion': {
    title: 'Removal needs consent',
    help: 'The change removes something that holds data, or more Applications than `spec.deletionBudget` (0 unless set). Look at `slipway diff`, then pass --allow-delete, or write what may go in `spec.deletions` with the reason.',
  },
  'publish/guarded-change': {
    title: 'Change that cannot be taken back',
    help: 'The change is to a field that the catalog or Kubernetes guards: the program behind it refuses it, ignores it or loses data with it, or a version moves although nobody wrote it down. Put back what stood there, set the option that is named, or agree to it in `spec.acceptedChanges` with the reason ([which fields](argocd-rules.md#changes-that-cannot-be-taken-back)).',
  },
  'publish/changed': {
    title: 'Tree changed during the run',
    help: 'Another run, or a person, wrote to `deploy/` after this run had read it. Nothing was written; run again.',
  },
  'publish/interrupted': {
    title: 'A run was interrupted while it wrote',
    help: 'A run was killed, or its machine stopped, before it had written all of its files. This command only looks: it reads the files as they were before that run, and leaves what stands there. The next command that writes puts them back, and says so (`publish/put-back`).',
  },
  'publish/put-back': {
    title: 'What an interrupted run wrote was put back',
    help: 'A run was killed, or its machine stopped, before it had written all of its files. Those that still were as it left them are now what they were before it. What somebody changed since stays (`publish/kept`), and so does what git has brought with another commit.',
  },
  'publish/kept': {
    title: 'File changed after an interrupted run',
    help: 'A run was interrupted while it wrote this file, and the file is no longer what that run left. Whoever changed it knows what it should be: it is not put back. If it is a file of a tree, `slipway render` says what its inputs render to.',
  },
  'publish/half-written': {
    title: 'Half written',
    help: 'A run was interrupted while it wrote, and what it left cannot be put back: the disk refuses, or its journal is damaged or of a newer version. The folder `old` of the journal holds the files as they were.',
  },
  'publish/stale': {
    title: 'Tree is not what its inputs render to',
    help: 'Run `slipway render` and commit the result.',
  },
} as const satisfies Record<string, { title: string; help: string }>;

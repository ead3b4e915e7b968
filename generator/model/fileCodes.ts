/** Files as such, and YAML before anybody asks what it means. */
export const fileCodes = {
  'yaml/binary': { title: 'Not a text file', help: 'A spec, environment or catalog file is not UTF-8 text.' },
  'yaml/too-large': {
    title: 'File too large',
    help: 'The file is larger than 2 MiB; no spec or template is near that size. Nothing of it was read.',
  },
  'yaml/merge-conflict': {
    title: 'Merge conflict marker',
    help: 'Git left `<<<<<<<`, `=======` or `>>>>>>>` in the file. Resolve the conflict.',
  },
  'yaml/syntax': { title: 'YAML syntax', help: 'The file is not valid YAML at the place shown.' },
  'yaml/tab': { title: 'Tab as indentation', help: 'YAML does not allow tabs as indentation.' },
  'yaml/duplicate-key': {
    title: 'Duplicate key',
    help: 'A key stands twice in one map; YAML readers disagree on which wins.',
  },
  'yaml/documents': { title: 'Several documents', help: 'Specs hold exactly one YAML document.' },
  'yaml/alias': {
    title: 'Alias',
    help: 'Anchors, aliases and merge keys (`<<`) are not supported in specs and in files of the catalog: share values through an environment.',
  },
  'yaml/blank-value': {
    title: 'Key without a value',
    help: 'A key of a spec or environment has nothing behind it. YAML reads that as null, which removes what an environment set, so it has to be written: `{}` switches a capability on with its defaults, `null` switches it off.',
  },
  'yaml/empty': { title: 'Empty file', help: 'The file holds no document.' },
  'yaml/tag': {
    title: 'Tag',
    help: 'Tags (`!include`, `!!binary`, `!!js/function`) are not supported: a spec is plain data.',
  },
  'yaml/too-deep': {
    title: 'Nested too deep',
    help: 'Lists and maps are nested more than 100 deep. Most often a bracket or a quote is missing.',
  },
  'yaml/number': {
    title: 'Number that would lose digits',
    help: 'The number has more digits, or a larger exponent, than numbers of JSON keep: in a spec, in what a template renders, in a manifest, or in the objects of a chart that is delivered rendered. Put it in quotes if it is a name.',
  },
  'yaml/ambiguous-scalar': {
    title: 'Scalar that YAML 1.1 reads differently',
    help: 'Helm, kubectl and Argo CD read YAML 1.1 scalars: `on`, `yes`, `010`, `1_000`, dates. Specs and rendered templates may hold none of them, because `defaultMode: 0400` is 256 to one reader and 400 to the next; and a key such as `1.10` is read as a number and becomes `1.1`. Quote the text or write the value plainly.',
  },
  'file/unreadable': {
    title: 'File cannot be read',
    help: 'The operating system refused to read the file; check its permissions.',
  },
  'file/json': { title: 'Not JSON', help: 'A file of JSON (a schema) cannot be read, or holds no map.' },
  'file/outside': {
    title: 'Path leaves the repository',
    help: 'A symbolic link or a `..` leads out of the repository. Only files inside it are read and written.',
  },
  'file/kept': {
    title: 'File is there and stays',
    help: '`slipway init` makes no file whose place is taken, and adds only to those that take additions (package.json, .gitignore, .gitattributes). What it would have written, it writes in an empty folder.',
  },
  'file/name': {
    title: 'File name and object name differ',
    help: 'The file is named after `metadata.name`, which is a DNS label: lower-case letters, digits and `-`, at most 63 characters.',
  },
  'file/write': {
    title: 'Tree cannot be written',
    help: 'The operating system refused a write. The tree was put back to what it was before.',
  },
  'file/locked': {
    title: 'Another run is writing',
    help: 'A second `slipway` writes the same `deploy/`. Wait for it. The lock of a process that is gone is removed by the next run; one of another machine, or of a process number that another program has now, has to be removed by hand.',
  },
} as const;

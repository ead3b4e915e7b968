/** Codes of the catalog: its files, and its own tests. */
export const catalogCodes = {
  'catalog/invalid': {
    title: 'Catalog folder invalid',
    help: 'A file of the catalog does not follow the format of docs/catalog.md.',
  },
  'catalog/unused-file': {
    title: 'File that nothing reads',
    help: 'A file in the folder of a component is none of those that docs/catalog.md lists: an object in `manifests/x.yaml` is not deployed, only `manifests/x.yaml.hbs` and `manifests/x.json` are.',
  },
  'catalog/cel': {
    title: 'CEL expression invalid',
    help: 'A `when:`, `x-when` or rule cannot be parsed or evaluated.',
  },
  'catalog/golden': {
    title: 'Example does not render to its golden tree',
    help: '`slipway catalog test` renders every example, and compares the tree with `tests/golden/<example>.txt` of its capability. Read the difference: if it is meant, `slipway catalog test --update` writes the file.',
  },
  'catalog/rule-case': {
    title: 'Rule and its cases do not agree',
    help: 'A case of `tests/rules.yaml` gets other findings than it says, or no case breaks a rule of its capability.yaml.',
  },
  'template/limit': {
    title: 'Template takes too much to render',
    help: 'Rendering the template enters more blocks, calls more helpers or prints more text than a template may (docs/limits.md). Look for a list in a list, or for text that is joined with itself.',
  },
  'catalog/pin': {
    title: 'Catalog pin not found',
    help: '`spec.catalog` names a git tag that does not exist here, or that has no catalog. Fetch the tags, or correct the pin.',
  },
  'report/left-out': {
    title: 'Findings left out',
    help: 'At most 100 findings of a file and 1000 of a run are shown (docs/limits.md); exit code and count are those of all. Correct the first ones: most often the rest follows from them.',
  },
} as const;

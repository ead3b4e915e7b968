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
  'catalog/migration': {
    title: 'Migration and its tests do not agree',
    help: 'A spec of `tests` in migrations.yaml, with the catalog of the tag `from`, does not render to the tree that it renders to when it is migrated, with the catalog that stands here; or a migration has no test.',
  },
  'template/limit': {
    title: 'Template takes too much to render',
    help: 'Rendering the template enters more blocks, calls more helpers or prints more text than a template may (docs/limits.md). Look for a list in a list, or for text that is joined with itself.',
  },
  'catalog/pin': {
    title: 'Catalog pin not found',
    help: '`spec.catalog` names a git tag that does not exist here, or that has no catalog. Fetch the tags, or correct the pin.',
  },
  'fleet/invalid': {
    title: 'slipway.yaml invalid',
    help: 'slipway.yaml does not follow the format of docs/catalogs.md, or contradicts the folders beside it.',
  },
  'catalog/lock': {
    title: 'Lock and slipway.yaml do not agree',
    help: 'slipway.lock does not name what slipway.yaml or a `spec.catalog` asks for, or is damaged. `slipway catalog lock` writes it; no other command changes it, apart from those that upgrade.',
  },
  'catalog/source': {
    title: 'Catalog cannot be had',
    help: 'A catalog of slipway.yaml is not on this machine and cannot be fetched, or what was fetched is no catalog. The message says what was asked and what the other side answered.',
  },
  'catalog/digest': {
    title: 'Catalog is not the one that was locked',
    help: 'A source now has other files under the same version than slipway.lock names. Published versions do not change: find out who changed it. `slipway catalog lock --force` takes what is there now.',
  },
  'catalog/layers': {
    title: 'Catalogs do not go together',
    help: 'Two catalogs have the same component or capability, or `overrides` names one that there is nothing to put in place of. See docs/catalogs.md.',
  },
  'catalog/program': {
    title: 'Catalog for another version of the program',
    help: '`spec.slipway` in catalog.yaml is the range of versions of Slipway that the catalog works with, and this one is not in it. Install such a version, or take another version of the catalog.',
  },
  'report/left-out': {
    title: 'Findings left out',
    help: 'At most 100 findings of a file and 1000 of a run are shown (docs/limits.md); exit code and count are those of all. Correct the first ones: most often the rest follows from them.',
  },
} as const;

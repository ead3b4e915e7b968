/** What trees are made of, from the repository root: folders, and the files beside them. Catalogs in other folders come to it. */
export const inputPaths: readonly string[] = [
  'catalog',
  'catalogs',
  'clusters',
  'custom',
  'environments',
  'schemas',
  'slipway.lock',
  'slipway.yaml',
];

import { ToolError } from '../../model/diagnostic.ts';
import type { Value, ValueMap } from '../../model/values.ts';
import { asString, isMap, listAt, mapAt } from '../../model/values.ts';
import { packageName, version } from '../../model/version.ts';
import { withoutEnd } from '../../util/text.ts';
import type { FleetPlace } from './place.ts';

const below = (path: string, file: string): string => (path === '' ? file : `${path}/${file}`);

/** Adds the lines that a file of lines lacks, at its end; what is there stays, to the byte. */
export function withLines(before: string | undefined, lines: readonly string[]): string {
  const has = new Set((before ?? '').split(/\r?\n/).map((line) => line.trim()));
  const isMissing = (line: string): boolean => !line.startsWith('#') && !has.has(line);
  if (before !== undefined && !lines.some(isMissing)) return before;
  const end = before?.includes('\r\n') === true ? '\r\n' : '\n';
  const added = lines.filter((line) => line.startsWith('#') || isMissing(line));
  const start = before === undefined || before === '' || before.endsWith('\n') ? (before ?? '') : `${before}${end}`;
  return `${start}${added.join(end)}${end}`;
}

export const gitignore: readonly string[] = [
  '# what a run of Slipway remembers, and what one that is at work holds',
  'node_modules/',
  '.slipway/',
  'deploy/.slipway-*',
];

/** A checkout that changes line ends would make every generated file look as if it were edited by hand. */
export const gitattributes: readonly string[] = [
  '# trees are compared to the byte; what they are made of has the same line ends on every machine',
  'deploy/** -text linguist-generated',
  'slipway.lock -text linguist-generated',
  'catalogs/** text=auto eol=lf',
  'clusters/** text=auto eol=lf',
  'custom/** text=auto eol=lf',
  'environments/** text=auto eol=lf',
  'schemas/** text=auto eol=lf linguist-generated',
];

const scripts = {
  validate: 'slipway validate',
  diff: 'slipway diff',
  render: 'slipway render',
};

/**
 * package.json with this version of Slipway, exactly; fields are added, and a range of npm for the same version is pinned.
 * Everything else that is there stays, another version and scripts of the same names too. Throws ToolError file/json.
 */
export function packageJson(before: string | undefined, { name, path }: FleetPlace): string {
  if (before === undefined) {
    const own = { name: npmName(name), private: true, scripts, devDependencies: { [packageName]: version } };
    return `${JSON.stringify(own, null, 2)}\n`;
  }
  const manifest = parsed(before, below(path, 'package.json'));
  const indent = /^[{\s]*?\r?\n([ \t]+)"/.exec(before)?.[1] ?? 2;
  const known = ['dependencies', 'devDependencies', 'optionalDependencies'].find(
    (key) => asString(mapAt(manifest, key)[packageName]) !== undefined,
  );
  const key = known ?? 'devDependencies';
  const there = asString(mapAt(manifest, key)[packageName]);
  const wanted = there === undefined || [`^${version}`, `~${version}`].includes(there) ? version : there;
  const after = {
    ...manifest,
    scripts: { ...scripts, ...mapAt(manifest, 'scripts') },
    [key]: { ...mapAt(manifest, key), [packageName]: wanted },
  };
  if (JSON.stringify(after) === JSON.stringify(manifest)) return before;
  const text = JSON.stringify(after, null, indent);
  return `${before.includes('\r\n') ? text.replaceAll('\n', '\r\n') : text}${/\r?\n$/.exec(before)?.[0] ?? ''}`;
}

function parsed(text: string, file: string): ValueMap {
  let value: Value | undefined;
  try {
    value = JSON.parse(text.replace(/^\ufeff/, '')) as Value;
  } catch {
    value = undefined;
  }
  if (value !== undefined && isMap(value)) return value;
  throw new ToolError(
    'file/json',
    `${file} is not a map of JSON. Nothing was written.`,
    'Correct it, then run again.',
    {
      file,
    },
  );
}

/** A name that npm takes, of the name of a folder. */
function npmName(name: string): string {
  const words = name.toLowerCase().replaceAll(/[^a-z0-9._-]+/g, '-');
  const plain = withoutEnd(words.replace(/^[._-]+/, ''), '-');
  return plain === '' ? 'fleet' : plain;
}

/** Hooks of pre-commit that run the Slipway that the fleet has installed. */
export function preCommit({ path }: FleetPlace): string {
  const run = (verb: string): string =>
    path === '' ? `npx --no slipway ${verb}` : `npx --no --prefix ${path} slipway ${verb} -C ${path}`;
  const files = (folders: string): string =>
    `^${path === '' ? '' : `${path.replaceAll('.', String.raw`\.`)}/`}(slipway\\.|(${folders})/)`;
  return `# https://pre-commit.com: pre-commit install
repos:
  - repo: local
    hooks:
      - id: slipway-validate
        name: slipway validate
        entry: ${run('validate')} --offline
        language: system
        files: ${files('clusters|environments|catalogs?|custom|schemas')}
        pass_filenames: false
      - id: slipway-render
        name: slipway render
        entry: ${run('render')} --offline
        language: system
        files: ${files('clusters|environments|catalogs?|custom')}
        pass_filenames: false
`;
}

/** Where a reviewer of changes is looked for, by host. */
export const codeownersFiles: readonly string[] = [
  'CODEOWNERS',
  '.github/CODEOWNERS',
  '.gitlab/CODEOWNERS',
  'docs/CODEOWNERS',
];

export function codeownersFile({ ci }: FleetPlace): string {
  return ci === 'github' || ci === 'gitlab' ? `.${ci}/CODEOWNERS` : 'CODEOWNERS';
}

export function codeowners({ path, owners }: FleetPlace): string {
  const folders = ['clusters', 'environments', 'custom', 'deploy'].map((folder) => `/${below(path, folder)}/`);
  const width = Math.max(...folders.map((folder) => folder.length));
  const who = owners.length === 0 ? '@platform-team' : owners.join(' ');
  const lines = folders.map((folder) => `${owners.length === 0 ? '# ' : ''}${folder.padEnd(width)} ${who}`);
  return `# Who reviews a change. deploy/ is generated: it changes with the specs.\n${lines.join('\n')}\n`;
}

/** Where Renovate reads its configuration. */
export const renovateFiles: readonly string[] = [
  'renovate.json',
  'renovate.json5',
  '.github/renovate.json',
  '.github/renovate.json5',
  '.gitlab/renovate.json',
  '.gitlab/renovate.json5',
  '.renovaterc',
  '.renovaterc.json',
  '.renovaterc.json5',
];

/**
 * Renovate's configuration for a fleet, of that of this program: charts and images of components in the fleet's folder. Its
 * commands after an update are left out: only a Renovate that is self-hosted may run them.
 */
export function renovate(own: ValueMap, { path }: FleetPlace): string {
  const inFolder = path === '' ? '' : `${path.replaceAll('.', String.raw`\.`)}/`;
  const managers = listAt(own, 'customManagers').map((manager) => {
    const patterns = listAt(manager as ValueMap, 'managerFilePatterns').map((pattern) =>
      String(pattern).replace('/^(', `/^${inFolder.replaceAll('/', String.raw`\/`)}(`),
    );
    return { ...(manager as ValueMap), managerFilePatterns: patterns };
  });
  const depth = path === '' ? 1 : path.split('/').length + 1;
  const rules = [
    {
      description: 'One pull request per capability',
      matchManagers: ['custom.regex'],
      matchFileNames: [below(path, 'catalog/**'), below(path, 'custom/**')],
      groupName: `{{lookup (split packageFileDir '/') ${depth}}}`,
    },
  ];
  const config = { $schema: own['$schema'], extends: own['extends'], customManagers: managers, packageRules: rules };
  return `${JSON.stringify(config, null, 2)}\n`;
}

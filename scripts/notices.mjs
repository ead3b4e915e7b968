import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The texts of licences and notices of these packages, one after the other: what whoever passes them on has to pass on too. */
export function noticesOf(packages) {
  return packages
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, version, folder, license }) => {
      const files = readdirSync(folder)
        .filter((file) => /^(?:licen[cs]e|notice|copying)/i.test(file))
        .sort();
      const texts = files.map((file) => readFileSync(join(folder, file), 'utf8').trim());
      if (texts.length === 0 && license === undefined) throw new Error(`${name} in ${folder} says no licence`);
      return [`${'='.repeat(78)}\n${name} ${version}`, ...(texts.length === 0 ? [`License: ${license}`] : texts)].join(
        '\n\n',
      );
    })
    .join('\n\n')
    .concat('\n');
}

/** The npm packages that a bundle was made of, by the paths of its inputs (esbuild's metafile). */
export function bundledPackages(inputs) {
  const folders = inputs.flatMap((path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(path)?.[0] ?? []);
  return [...new Set(folders)].map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    return { name, version, folder, license };
  });
}

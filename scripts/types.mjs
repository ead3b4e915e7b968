import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';

/**
 * Writes the types of the library (generator/index.ts, and what its types name) below a folder, as declarations that need
 * nothing but @types/node. Throws when a type of another package has come into the surface: users do not have that package.
 * The syntax trees of templates (globals of Handlebars' types) are opaque there.
 */
export function writeTypes(root, folder) {
  const all = mkdtempSync(join(tmpdir(), 'slipway-types-'));
  try {
    const config = join(all, 'tsconfig.json');
    writeFileSync(
      config,
      JSON.stringify({
        extends: join(root, 'tsconfig.json'),
        compilerOptions: {
          noEmit: false,
          emitDeclarationOnly: true,
          outDir: join(all, 'out'),
          rootDir: join(root, 'generator'),
          typeRoots: [join(root, 'node_modules/@types')],
        },
        include: [],
        files: [join(root, 'generator/index.ts')],
      }),
    );
    execFileSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', config], { stdio: 'inherit' });
    for (const file of reached(join(all, 'out/index.d.ts'))) {
      const to = join(folder, relative(join(all, 'out'), file));
      mkdirSync(dirname(to), { recursive: true });
      writeFileSync(to, readFileSync(file, 'utf8').replaceAll(/\bhbs\.AST\.\w+/g, 'object'));
    }
  } finally {
    rmSync(all, { recursive: true, force: true });
  }
}

function reached(entry) {
  const found = new Set([entry]);
  for (const file of found) {
    for (const [, name] of readFileSync(file, 'utf8').matchAll(/(?:from |import\()'([^']+)'/g)) {
      if (name.startsWith('node:')) continue;
      const other = join(dirname(file), name.replace(/\.ts$/, '.d.ts'));
      if (!name.startsWith('.') || !existsSync(other)) throw new Error(`${file} names ${name}, which is not published`);
      found.add(other);
    }
  }
  return found;
}

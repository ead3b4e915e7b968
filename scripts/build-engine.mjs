// Builds dist/slipway-engine, the program that renders charts (engine/README.md): `npm run build:engine`.
// Exit codes: 0 built, 1 the build failed, 2 this machine lacks what it takes (Go, or its modules).
import { mkdirSync, renameSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildEngine, engineFile, helmVersion, lackingForEngines } from './engines.mjs';

const target = join(dirname(dirname(fileURLToPath(import.meta.url))), 'dist', engineFile(process.platform));
const lacking = lackingForEngines();
if (lacking !== undefined) {
  console.error(`The chart engine is not built: ${lacking}.`);
  process.exit(2);
}
mkdirSync(dirname(target), { recursive: true });
const building = `${target}.${process.pid}`;
try {
  buildEngine(building);
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
// another run may have the program open
renameSync(building, target);
console.log(`${target}: Helm ${helmVersion}`);

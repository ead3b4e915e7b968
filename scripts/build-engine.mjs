// Builds dist/slipway-engine, the program that renders charts (engine/README.md): `npm run build:engine`.
// Exit codes: 0 built, 1 the build failed, 2 this machine lacks what it takes (Go, or its modules).
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, renameSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const folder = join(root, 'engine');
const target = join(root, 'dist', process.platform === 'win32' ? 'slipway-engine.exe' : 'slipway-engine');

/** The commit that Helm's release was built from, as its own program tells it (`helm version`). */
const commit = '43e8b7feece8beb0fcba47059ec9b522fd929a64';
const version = /helm\.sh\/helm\/v4 (v\S+)/.exec(readFileSync(join(folder, 'go.mod'), 'utf8'))?.[1] ?? '';
const internal = 'helm.sh/helm/v4/internal/version';

const go = (args, stdio = 'inherit') =>
  spawnSync('go', args, {
    cwd: folder,
    env: { ...process.env, CGO_ENABLED: '0', GOTOOLCHAIN: 'local', GOFLAGS: '-mod=readonly', GOWORK: 'off' },
    stdio: ['ignore', stdio, 'pipe'],
    encoding: 'utf8',
  });

function lacking(what) {
  console.error(`The chart engine is not built: ${what}.`);
  process.exit(2);
}

if (go(['version'], 'ignore').status !== 0) lacking('no Go on PATH (https://go.dev/dl/)');
const modules = go(['mod', 'download'], 'ignore');
if (modules.status !== 0) lacking(modules.stderr.trim().split('\n').at(-1));
mkdirSync(dirname(target), { recursive: true });
const building = `${target}.${process.pid}`;
const flags = `-s -w -X ${internal}.version=${version} -X ${internal}.gitCommit=${commit} -X ${internal}.gitTreeState=clean`;
const built = go(['build', '-trimpath', '-buildvcs=false', '-ldflags', flags, '-o', building, '.']);
if (built.status !== 0) {
  console.error(built.stderr);
  process.exit(1);
}
// another run may have the program open
renameSync(building, target);
console.log(`${target}: Helm ${version}`);

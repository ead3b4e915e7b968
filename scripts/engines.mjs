import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = join(dirname(dirname(fileURLToPath(import.meta.url))), 'engine');

/** The commit that Helm's release was built from, as its own program tells it (`helm version`). */
const commit = '43e8b7feece8beb0fcba47059ec9b522fd929a64';
const internal = 'helm.sh/helm/v4/internal/version';

/** The Helm that the engine is made of: `v4.2.3`. */
export const helmVersion = /helm\.sh\/helm\/v4 (v\S+)/.exec(readFileSync(join(folder, 'go.mod'), 'utf8'))?.[1] ?? '';

/** The platforms that a release has engines for, as Node.js and as Go name them. */
export const engineTargets = [
  { platform: 'linux', arch: 'x64', goos: 'linux', goarch: 'amd64' },
  { platform: 'linux', arch: 'arm64', goos: 'linux', goarch: 'arm64' },
  { platform: 'darwin', arch: 'x64', goos: 'darwin', goarch: 'amd64' },
  { platform: 'darwin', arch: 'arm64', goos: 'darwin', goarch: 'arm64' },
  { platform: 'win32', arch: 'x64', goos: 'windows', goarch: 'amd64' },
  { platform: 'win32', arch: 'arm64', goos: 'windows', goarch: 'arm64' },
];

/** The file of the engine on a platform. */
export const engineFile = (platform) => (platform === 'win32' ? 'slipway-engine.exe' : 'slipway-engine');

function go(args, env = {}, out = 'pipe') {
  return spawnSync('go', args, {
    cwd: folder,
    env: { ...process.env, CGO_ENABLED: '0', GOTOOLCHAIN: 'local', GOFLAGS: '-mod=readonly', GOWORK: 'off', ...env },
    stdio: ['ignore', out, 'pipe'],
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
}

/** What this machine lacks to build engines, as a sentence without its end; undefined: nothing. */
export function lackingForEngines() {
  if (go(['version'], {}, 'ignore').status !== 0) return 'no Go on PATH (https://go.dev/dl/)';
  const modules = go(['mod', 'download'], {}, 'ignore');
  return modules.status === 0 ? undefined : modules.stderr.trim().split('\n').at(-1);
}

/** Builds the engine into a file, for this machine or for a target. Throws with what Go says. */
export function buildEngine(file, target) {
  const flags = `-s -w -X ${internal}.version=${helmVersion} -X ${internal}.gitCommit=${commit} -X ${internal}.gitTreeState=clean`;
  const env = target === undefined ? {} : { GOOS: target.goos, GOARCH: target.goarch };
  const built = go(['build', '-trimpath', '-buildvcs=false', '-ldflags', flags, '-o', file, '.'], env, 'inherit');
  if (built.status !== 0) throw new Error(built.stderr);
}

/** The Go modules that are linked into the engine for a target. */
export function linkedModules(target) {
  const format = '{{with .Module}}{{if .Version}}{{.Path}} {{.Version}} {{.Dir}}{{end}}{{end}}';
  const listed = go(['list', '-deps', '-f', format, '.'], { GOOS: target.goos, GOARCH: target.goarch });
  if (listed.status !== 0) throw new Error(listed.stderr);
  const lines = new Set(listed.stdout.split('\n').filter((line) => line !== ''));
  return [...lines].map((line) => {
    const [name, version, ...dir] = line.split(' ');
    return { name, version, folder: dir.join(' ') };
  });
}

import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { HelmLimits } from '../../generator/adapters/helm/limits.ts';
import { chooseHelm } from '../../generator/adapters/helm/helm.ts';
import { createHelmEngine, pinnedHelm } from '../../generator/adapters/helm/engine.ts';
import { enginePackage } from '../../generator/model/version.ts';
import { createHelmProcess } from '../../generator/adapters/helm/process.ts';
import type { ValueMap } from '../../generator/model/values.ts';
import type { Helm, HelmRequest } from '../../generator/ports.ts';
import { engineProgram, helmProgram, packFixture, printed, helmHome } from '../helpers/helm.ts';
import { repository } from '../helpers/workspace.ts';

const { program, missing } = engineProgram();
const folder = mkdtempSync(join(tmpdir(), 'slipway-faults-'));

const ask = (fixture: string, values: ValueMap = {}): HelmRequest => ({
  chart: packFixture(fixture),
  release: 'demo',
  namespace: 'apps',
  values,
  kubeVersion: '1.34.0',
  apiVersions: [],
  skipCrds: false,
});

/** A program of this text, run by Node. */
function script(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, `#!${process.execPath}\n${text}`);
  chmodSync(file, 0o755);
  return file;
}

/** An engine that tells a version, and does something else instead of rendering. */
const fakeEngine = (name: string, version: string, onTemplate: string): string =>
  script(
    name,
    `process.stdin.on('data', (frame) => {
      if (frame.includes('"op":"version"')) {
        const header = Buffer.from(JSON.stringify({ version: ${JSON.stringify(version)} }));
        const lengths = Buffer.alloc(8);
        lengths.writeUInt32BE(4 + header.length, 0);
        lengths.writeUInt32BE(header.length, 4);
        process.stdout.write(Buffer.concat([lengths, header]));
      } else { ${onTemplate} }
    }).on('end', () => process.exit(0));`,
  );

const none = (): Promise<undefined> => Promise.resolve(undefined);

const kinds: Readonly<Record<Helm['kind'], (limits: Partial<HelmLimits>) => Promise<Helm>>> = {
  process: async (limits) => (await createHelmProcess({ home: helmHome(), program: helmProgram(), limits })) as Helm,
  engine: async (limits) => (await createHelmEngine({ program, limits, fallback: none, note: expect.fail })) as Helm,
};

const outcome = async (helm: Helm, fixture: string, values?: ValueMap): Promise<string> =>
  helm.template(ask(fixture, values)).then(printed, (error: { code: string }) => error.code);

describe.each(['process', 'engine'] as const)('a chart that takes more than it may is ended by the %s', (kind) => {
  const mib = 2 ** 20;
  it.skipIf(kind === 'engine' && missing !== undefined).each([
    ['fault-loop', {}, { timeout: 2000 }, 'helm/timeout'],
    ['fault-output', { lines: 20_000 }, { output: 10 * mib }, 'helm/too-large'],
    ['fault-memory', {}, { memory: 300 * mib }, 'helm/memory'],
  ])('%s', async (fixture, values, limits, code) => {
    const helm = await kinds[kind](limits);
    const good = printed(await helm.template(ask('hooks-only')));
    expect(await outcome(helm, fixture, values)).toBe(code);
    expect(await outcome(helm, 'hooks-only')).toBe(good);
    helm.close();
  });
});

it.skipIf(missing !== undefined)('the engine refuses 200 MB of text under its own limits', async () => {
  const helm = await kinds.engine({});
  expect(await outcome(helm, 'fault-output')).toBe('helm/too-large');
  helm.close();
});

describe.each(['process', 'engine'] as const)('the %s', (kind) => {
  it.skipIf(kind === 'engine' && missing !== undefined)('ends what it is doing when it is closed', async () => {
    const helm = await kinds[kind]({});
    const ended = outcome(helm, 'fault-loop');
    setTimeout(() => helm.close(), 300);
    expect(await ended).toBe('tool/failed');
    expect(await outcome(helm, 'hooks-only')).toBe('tool/failed');
  });
});

describe('an engine that fails', () => {
  const crash = 'process.kill(process.pid, "SIGKILL");';

  it('is followed by the helm program, with a note', async () => {
    const notes: string[] = [];
    const helm = await kinds.process({});
    const engine = (await createHelmEngine({
      program: fakeEngine('crash', 'v4.2.3', crash),
      fallback: () => Promise.resolve(helm),
      note: (message) => void notes.push(message),
    })) as Helm;
    expect(await outcome(engine, 'hooks-only')).toBe(await outcome(helm, 'hooks-only'));
    expect(notes).toEqual([
      'The chart engine failed while it rendered Chart hooks-only 1.0.0 (SIGKILL); the helm program renders it instead.',
    ]);
    engine.close();
    helm.close();
  });

  it('is an error where there is no helm program', async () => {
    const options = { fallback: none, note: expect.fail };
    const engine = (await createHelmEngine({ ...options, program: fakeEngine('crash', 'v4.2.3', crash) })) as Helm;
    expect(await outcome(engine, 'hooks-only')).toBe('tool/failed');
    expect(await outcome(engine, 'hooks-only')).toBe('tool/failed');
    engine.close();
  });

  /** An answer as the engine writes it, for `onTemplate`; `edit` changes its bytes. */
  const answering = (edit: string): string =>
    `const header = Buffer.from(JSON.stringify({ docs: [{ source: 'a', bytes: 4 }] }));
     const frame = Buffer.concat([Buffer.alloc(8), header, Buffer.from('a: 1')]);
     frame.writeUInt32BE(frame.length - 4, 0);
     frame.writeUInt32BE(header.length, 4);
     const edit = ${edit};
     edit(frame);`;
  it.each([
    ['ends in the middle of an answer', '(f) => { process.stdout.write(f.subarray(0, -2), () => process.exit(0)); }'],
    ['ends after the length of an answer', '(f) => { process.stdout.write(f.subarray(0, 4), () => process.exit(0)); }'],
    ['says that texts are longer than they are', '(f) => { f.write("9", f.indexOf("4}")); process.stdout.write(f); }'],
    ['says that texts are shorter than they are', '(f) => { f.write("2", f.indexOf("4}")); process.stdout.write(f); }'],
    ['says that the header is longer than all', '(f) => { f.writeUInt32BE(9999, 4); process.stdout.write(f); }'],
    ['writes a header that is no JSON', '(f) => { f.write("!", 8); process.stdout.write(f); }'],
    ['writes more than one answer', '(f) => { process.stdout.write(Buffer.concat([f, f])); }'],
    ['announces more than anybody may', '(f) => { f.writeUInt32BE(0xffffffff, 0); process.stdout.write(f); }'],
  ])('and %s, has made nothing', async (what, edit) => {
    const notes: string[] = [];
    const helm = await kinds.process({});
    const engine = (await createHelmEngine({
      program: fakeEngine(what.replaceAll(' ', '-'), 'v4.2.3', answering(edit)),
      fallback: () => Promise.resolve(helm),
      note: (message) => void notes.push(message),
      limits: { timeout: 5000 },
    })) as Helm;
    expect(await outcome(engine, 'hooks-only')).toBe(await outcome(helm, 'hooks-only'));
    expect(notes).toHaveLength(1);
    engine.close();
    helm.close();
  });

  it('and whose answer is whole, is believed', async () => {
    const program = fakeEngine('whole', 'v4.2.3', answering('(f) => { process.stdout.write(f); }'));
    const engine = (await createHelmEngine({ program, fallback: none, note: expect.fail })) as Helm;
    expect(await engine.template(ask('hooks-only'))).toMatchObject({ texts: [{ source: 'a', text: 'a: 1' }] });
    engine.close();
  });

  it('is killed when it does not answer', async () => {
    const options = { fallback: none, note: expect.fail, limits: { timeout: 500 } };
    const engine = (await createHelmEngine({ ...options, program: fakeEngine('silent', 'v4.2.3', '') })) as Helm;
    expect(await outcome(engine, 'hooks-only')).toBe('helm/timeout');
    engine.close();
  });

  it('is not used when it is of another version, or no engine', async () => {
    for (const other of [fakeEngine('old', 'v4.2.2', ''), script('none', 'process.exit(3)')]) {
      const notes: string[] = [];
      const note = (message: string): void => void notes.push(message);
      expect(await createHelmEngine({ program: other, fallback: none, note })).toBeUndefined();
      expect(notes).toHaveLength(1);
    }
    expect(
      await createHelmEngine({ program: join(folder, 'absent'), fallback: none, note: expect.fail }),
    ).toBeUndefined();
  });

  it.skipIf(missing !== undefined)('ends with its input, and lets Node end', () => {
    expect(spawnSync(program, { input: '' }).status).toBe(0);
    const text = `import { createHelmEngine } from './generator/adapters/helm/engine.ts';
      const options = { program: ${JSON.stringify(program)}, fallback: async () => undefined, note: console.error };
      const engine = await createHelmEngine(options);
      process.stdout.write(engine.version);`;
    const run = spawnSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', text], {
      cwd: repository,
      encoding: 'utf8',
    });
    expect([run.status, run.stdout]).toEqual([0, 'v4.2.3']);
  });

  it.skipIf(missing !== undefined)('does not take an input that ends within a request for the end of its work', () => {
    const request = Buffer.from('{"op":"version"}');
    const length = Buffer.alloc(4);
    length.writeUInt32BE(request.length);
    const status = (input: Buffer): number | null => spawnSync(program, { input }).status;
    expect(status(Buffer.concat([length, request]))).toBe(0);
    for (const cut of [1, 4, 5, 19])
      expect([cut, status(Buffer.concat([length, request]).subarray(0, cut))]).toEqual([cut, 1]);
  });

  it.skipIf(missing !== undefined)('refuses a frame that is too large', async () => {
    const child = spawn(program, [], { stdio: ['pipe', 'ignore', 'ignore'] });
    child.stdin.write(Buffer.from([0xff, 0xff, 0xff, 0xff]));
    expect(await new Promise((done) => child.on('close', done))).toBe(1);
  });
});

describe('which Helm renders', () => {
  const choose = (env: Record<string, string>): Promise<Helm | undefined> =>
    chooseHelm({ home: folder, env: (name) => env[name], note: expect.fail });

  it('is the program that SLIPWAY_HELM names', async () => {
    const helm = await choose({ SLIPWAY_HELM: helmProgram(), SLIPWAY_ENGINE: 'off' });
    expect(helm?.kind).toBe('process');
    helm?.close();
    for (const name of ['SLIPWAY_HELM', 'SLIPWAY_ENGINE'])
      await expect(choose({ [name]: join(folder, 'absent') })).rejects.toMatchObject({ code: 'tool/missing' });
  });

  it.each(['v2.17.0', 'v3.17.4', 'v5.0.0', 'something'])('is not %s', async (version) => {
    const old = script(`helm-${version}`, `process.stdout.write('${version}')`);
    await expect(choose({ SLIPWAY_HELM: old })).rejects.toMatchObject({ code: 'helm/version' });
  });

  it.each(['v3.18.0', 'v4.0.0-rc.1'])('may be %s', async (version) => {
    const helm = await choose({ SLIPWAY_HELM: script(`helm-${version}`, `process.stdout.write('${version}')`) });
    expect(helm?.version).toBe(version);
    helm?.close();
  });

  it('is the engine of the package for this platform, where npm has installed it', async () => {
    const home = mkdtempSync(join(tmpdir(), 'slipway-home-'));
    const place = join(home, 'node_modules', enginePackage(process.platform, process.arch));
    mkdirSync(place, { recursive: true });
    writeFileSync(join(place, 'package.json'), '{}');
    renameSync(fakeEngine('packaged', `v${pinnedHelm}`, ''), join(place, 'slipway-engine'));
    const helm = await chooseHelm({ home, env: () => undefined, note: expect.fail });
    expect([helm?.kind, helm?.version]).toEqual(['engine', `v${pinnedHelm}`]);
    helm?.close();
  });

  it('is what doctor tells', () => {
    const doctor = (helm: string): string => {
      const env = { ...process.env, SLIPWAY_ENGINE: 'off', SLIPWAY_HELM: helm };
      const run = spawnSync(process.execPath, ['dist/cli.mjs', 'doctor'], { cwd: repository, env, encoding: 'utf8' });
      return /^.* helm .*$/m.exec(run.stdout)?.[0] ?? run.stderr;
    };
    expect(doctor(script('helm-3', `process.stdout.write('v3.18.1')`))).toMatch(/^ok .* v3\.18\.1, the helm program$/);
    expect(doctor(script('helm-2', `process.stdout.write('v2.17.0')`))).toMatch(/^NOT OK .* Helm v2\.17\.0$/);
    expect(doctor(join(folder, 'absent'))).toMatch(/^NOT OK /);
  });
});

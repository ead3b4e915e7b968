import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LuaFactory, LuaLibraries } from 'wasmoon';
import { parse } from 'yaml';
import { describe, expect, it } from 'vitest';
import type { Value, ValueMap } from '../../generator/model/values.ts';
import { asList, asMap, asString, compareText } from '../../generator/model/values.ts';
import { repository } from '../helpers/workspace.ts';

/** test/health/<group>_<Kind>.yaml: objects as they are on a cluster, and what Argo CD has to say of each. */
interface Sample {
  readonly name: string;
  readonly health: string;
  readonly object: ValueMap;
}

interface Script {
  readonly kind: string;
  readonly lua: string;
}

const read = (path: string): Value => parse(readFileSync(path, 'utf8')) as Value;
const components = readdirSync(join(repository, 'catalog'), { recursive: true, encoding: 'utf8' })
  .filter((f) => f.endsWith('component.yaml'))
  .sort(compareText);
const scripts: readonly Script[] = components.flatMap((file) =>
  asList(asMap(asMap(read(join(repository, 'catalog', file)))['spec'])['health'])
    .map(asMap)
    .map((h) => ({
      kind: `${asString(h['group']) ?? ''}_${asString(h['kind']) ?? ''}`,
      lua: asString(h['lua']) ?? '',
    })),
);
const sampleFile = (kind: string): string => join(repository, 'test/health', `${kind}.yaml`);
const samplesOf = (kind: string): Sample[] =>
  existsSync(sampleFile(kind)) ? (asList(read(sampleFile(kind))) as unknown as Sample[]) : [];

/** The time at which all samples are looked at. */
const now = Date.parse('2026-03-01T12:00:00Z') / 1000;
const iso = (format: string, seconds: number): string => {
  if (format !== '!%Y-%m-%dT%H:%M:%SZ') throw new Error(`os.date("${format}") is not played here`);
  return new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
};

/**
 * Runs a script as Argo CD does: the object is `obj`, of the libraries only base and table are there, and `require` gives
 * an `os` that knows the time and nothing else.
 */
async function healthOf(lua: string, object: ValueMap): Promise<ValueMap> {
  const engine = await new LuaFactory().createEngine({ openStandardLibs: false, enableProxy: false });
  try {
    engine.global.loadLibrary(LuaLibraries.Base);
    engine.global.loadLibrary(LuaLibraries.Table);
    engine.global.set('now', () => now);
    engine.global.set('iso', iso);
    await engine.doString(
      'local os = { time = now, date = iso }; function require(name) return name == "os" and os or nil end',
    );
    engine.global.set('obj', object);
    return asMap(await engine.doString(lua));
  } finally {
    engine.global.close();
  }
}

describe('health scripts', () => {
  it('have samples, and samples a script', () => {
    const files = readdirSync(join(repository, 'test/health')).map((f) => f.replace(/\.yaml$/, ''));
    expect(files.sort()).toEqual(scripts.map((s) => s.kind).sort());
  });

  it('keep to the Lua of Argo CD, which is 5.1 without strings', () => {
    const newer = scripts.filter((s) => /\/\/|\bgoto\b|<const>|\bstring\.|[&|]|>>|<</.test(s.lua));
    expect(newer.map((s) => s.kind)).toEqual([]);
  });

  it('cannot reach strings, files and the clock here either', async () => {
    expect(await healthOf('return { status = type(string) .. type(io) .. type(os) }', {})).toEqual({
      status: 'nilnilnil',
    });
  });
});

describe.each(scripts)('health of $kind', ({ kind, lua }) => {
  const samples = samplesOf(kind);

  it.each(samples)('$name: $health', async ({ health, object }) => {
    const found = await healthOf(lua, object);
    expect(found['status']).toBe(health);
    expect(typeof found['message']).toBe('string');
  });

  it('is asked of an object without a status, and of each state it can answer', () => {
    expect(samples.some((s) => s.object['status'] === undefined)).toBe(true);
    const answers = [...lua.matchAll(/"(Healthy|Progressing|Degraded|Suspended)"/g)].map((m) => m[1]);
    const seen = samples.map((s) => s.health);
    expect([...new Set(answers)].filter((a) => !seen.includes(a ?? ''))).toEqual([]);
    expect(seen).toContain('Healthy');
  });
});

import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { anywhere } from '../../../../generator/adapters/files/anywhere.ts';
import { createFiles } from '../../../../generator/adapters/files/files.ts';
import { ToolError } from '../../../../generator/model/diagnostic.ts';

let folder: string;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'slipway-folders-')));
  mkdirSync(join(folder, 'clusters'));
  writeFileSync(join(folder, 'clusters/a.yaml'), 'a: 1\n');
});
afterEach(() => {
  chmodSync(folder, 0o755);
  rmSync(folder, { recursive: true, force: true });
});

/** The finding of what is refused, as its code and file. */
function refused(work: () => unknown): readonly [string, string | undefined] | undefined {
  try {
    work();
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    return [error.code, error.finding().at?.file];
  }
  return undefined;
}
const at = (path: string): string => join(folder, path);
const list = (): readonly string[] => anywhere.listAnywhere(folder);

describe('folders of objects', () => {
  it('lists files, links to files, and what is in folders whatever they are called', () => {
    mkdirSync(at('b.yaml'));
    writeFileSync(at('b.yaml/c.json'), '{}');
    writeFileSync(at('b.yaml/readme.txt'), '');
    symlinkSync('b.yaml/c.json', at('d.json'));
    expect(list()).toEqual(['b.yaml/c.json', 'clusters/a.yaml', 'd.json'].map(at));
  });

  it.each([
    ['a link to its own folder', 'loop', '.'],
    ['a link to the folder above', 'clusters/loop', '..'],
    ['a link out of it', 'loop', '/'],
    ['a link that leads nowhere', 'x.yaml', 'nowhere'],
    ['a link to itself', 'x.yaml', 'x.yaml'],
  ])('refuses %s', (_, link, target) => {
    symlinkSync(target, at(link));
    expect(refused(list)).toEqual(['file/unreadable', at(link)]);
  });

  it('refuses two links that lead round in a circle', () => {
    symlinkSync('..', at('clusters/one'));
    symlinkSync('clusters', at('two'));
    expect(refused(list)?.[0]).toBe('file/unreadable');
  });

  it('refuses a named pipe, found or named', () => {
    execFileSync('mkfifo', [at('x.yaml')]);
    expect(refused(list)).toEqual(['file/unreadable', at('x.yaml')]);
    expect(refused(() => anywhere.readAnywhere(at('x.yaml')))).toEqual(['file/unreadable', at('x.yaml')]);
  });

  it('refuses devices, but for /dev/null', () => {
    symlinkSync('/dev/zero', at('x.yaml'));
    expect(refused(list)).toEqual(['file/unreadable', at('x.yaml')]);
    expect(refused(() => anywhere.readAnywhere('/dev/zero'))).toEqual(['file/unreadable', '/dev/zero']);
    expect(anywhere.readAnywhere('/dev/null')).toBe('');
  });

  it('refuses a name that is not UTF-8', () => {
    writeFileSync(Buffer.concat([Buffer.from(`${folder}/x`), Buffer.from([0xff]), Buffer.from('.yaml')]), '');
    expect(refused(list)?.[0]).toBe('file/unreadable');
    expect(refused(() => createFiles(folder).list('.', ['.yaml']))?.[0]).toBe('file/unreadable');
  });
});

describe('files of a repository', () => {
  it('are no pipes, devices and folders', () => {
    const files = createFiles(folder);
    execFileSync('mkfifo', [at('clusters/b.yaml')]);
    mkdirSync(at('clusters/c.yaml'));
    expect(files.list('clusters', ['.yaml'])).toEqual(['clusters/a.yaml', 'clusters/b.yaml']);
    expect(refused(() => files.read('clusters/b.yaml'))).toEqual(['file/unreadable', 'clusters/b.yaml']);
    expect(refused(() => files.read('clusters/c.yaml'))).toEqual(['file/unreadable', 'clusters/c.yaml']);
    expect(refused(() => files.list('clusters'))).toEqual(['file/unreadable', 'clusters/b.yaml']);
  });
});

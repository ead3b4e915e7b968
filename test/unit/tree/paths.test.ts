import { describe, expect, it } from 'vitest';
import {
  applicationPath,
  componentOf,
  deployedFileOf,
  hubRootPath,
  isApplicationFile,
  isLock,
  lockFile,
  manifestFolder,
  ownerOf,
  rootFile,
  treeFileOf,
  treePath,
} from '../../../generator/tree/paths.ts';
import { fleetTree } from '../../../generator/model/names.ts';

/** Names of components that are words of a path too. */
const names = ['demo', 'apps', 'root', 'manifests', 'fleet', 'deploy', 'root.yaml', 'tree.lock', 'namespaces'];

describe('a path below deploy/', () => {
  it.each(names)('tells component %s, whatever it and its cluster are called', (component) => {
    for (const cluster of ['a', 'apps', 'manifests', 'root', 'deploy']) {
      const application = treePath(cluster, applicationPath(component));
      expect(deployedFileOf(application)).toEqual({
        tree: cluster,
        path: applicationPath(component),
        file: { kind: 'application', component },
      });
      expect([ownerOf(application), isApplicationFile(application), isLock(application)]).toEqual([
        component,
        true,
        false,
      ]);
      for (const name of ['configmap-x.yaml', 'root.yaml', 'apps/x.yaml', 'tree.lock']) {
        const manifest = treePath(cluster, `${manifestFolder(component)}/${name}`);
        expect(deployedFileOf(manifest)?.file).toEqual({ kind: 'manifest', component });
        expect([ownerOf(manifest), isApplicationFile(manifest), isLock(manifest)]).toEqual([component, false, false]);
      }
    }
  });

  it('tells the root, the lock and anything else', () => {
    expect(deployedFileOf(treePath('apps', rootFile))?.file).toEqual({ kind: 'root' });
    expect(isLock(treePath('a', lockFile))).toBe(true);
    expect(treeFileOf('notes/x.yaml')).toEqual({ kind: 'other' });
    expect(treeFileOf('apps/more/x.yaml')).toEqual({ kind: 'other' });
    expect(treeFileOf('apps')).toEqual({ kind: 'other' });
    expect(treeFileOf('manifests/x.yaml')).toEqual({ kind: 'other' });
    for (const outside of ['deploy', 'deploy/a', 'clusters/a.yaml', 'x/deploy/a/root.yaml', ''])
      expect(deployedFileOf(outside)).toBeUndefined();
    expect(ownerOf('clusters/a.yaml')).toBe('root');
  });

  it.each(['hub', 'apps', 'manifests', 'root'])('tells the root of what hub %s manages', (hub) => {
    const file = deployedFileOf(treePath(fleetTree, hubRootPath(hub)))?.file;
    expect(file).toEqual({ kind: 'root' });
    expect(file === undefined ? '' : componentOf(file)).toBeUndefined();
    expect(isLock(treePath(fleetTree, lockFile))).toBe(true);
  });
});

import { describe, expect, it } from 'vitest';
import { kindTable } from '../../../generator/kubernetes/kindTable.ts';

describe('what is known of kinds', () => {
  it('one kind comes before all of its group', () => {
    const table = kindTable([
      { kind: 'example.com/*', data: false, clusterWide: true },
      { kind: 'example.com/Store', data: true, clusterWide: false },
    ]);
    expect([table.isData('example.com/Store'), table.isDataless('example.com/Store')]).toEqual([true, false]);
    expect([table.isData('example.com/View'), table.isDataless('example.com/View')]).toEqual([false, true]);
    expect([table.isClusterWide('example.com/Store'), table.isClusterWide('example.com/View')]).toEqual([false, true]);
  });

  it('data that may be lost counts, whoever says it, and whatever else is said', () => {
    const table = kindTable([
      { kind: 'example.com/Store', data: false },
      { kind: 'example.com/Store', data: true },
      { kind: 'PersistentVolumeClaim', data: false },
      { kind: 'networking.k8s.io/Thing', data: true },
    ]);
    expect(['example.com/Store', 'PersistentVolumeClaim', 'networking.k8s.io/Thing'].map(table.isData)).toEqual([
      true,
      true,
      true,
    ]);
    expect(table.isDataless('networking.k8s.io/NetworkPolicy')).toBe(true);
  });

  it('nothing is said of kinds that nobody knows', () => {
    const table = kindTable([]);
    const kind = 'example.com/Store';
    expect([table.isData(kind), table.isDataless(kind), table.asksOnRemoval(kind)]).toEqual([false, false, false]);
    expect([table.partsAt(kind), table.hostsAt(kind), table.isExcluded(kind)]).toEqual([undefined, [], false]);
    expect(['apps/StatefulSet', 'apiextensions.k8s.io/CustomResourceDefinition'].map(table.asksOnRemoval)).toEqual([
      true,
      true,
    ]);
  });

  it('what is named elsewhere is a kind, a group or anything', () => {
    const table = kindTable([
      { kind: 'a.example.com/Wide', usedElsewhere: ['Secret', 'b.example.com/*'] },
      { kind: 'c.example.com/Wide', usedElsewhere: ['*'] },
    ]);
    const elsewhere = (kind: string): boolean[] =>
      ['Secret', 'ConfigMap', 'b.example.com/Any'].map((named) => table.isUsedElsewhere(kind, named));
    expect(elsewhere('a.example.com/Wide')).toEqual([true, false, true]);
    expect(elsewhere('c.example.com/Wide')).toEqual([true, true, true]);
    expect(elsewhere('d.example.com/Wide')).toEqual([false, false, false]);
  });
});

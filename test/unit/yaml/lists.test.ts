import { describe, expect, it } from 'vitest';
import type { Value } from '../../../generator/model/values.ts';
import { listItems } from '../../../generator/yaml/lists.ts';

const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'a' } };
const bare = { metadata: { name: 'a' } };
const pointers = (document: Value): string[] => listItems(document).map(({ pointer }) => pointer);
const kinds = (document: Value): unknown[] =>
  listItems(document).map(({ value }) => (value as Record<string, unknown>)['kind']);

describe('listItems', () => {
  it.each([
    ['a List', { apiVersion: 'v1', kind: 'List', items: [secret, secret] }, ['/items/0', '/items/1']],
    ['a List in another case', { apiVersion: 'v1', kind: 'list', items: [secret] }, ['/items/0']],
    ['a List with a name', { apiVersion: 'v1', kind: 'List', metadata: { name: 'a' }, items: [secret] }, ['/items/0']],
    ['a List without items', { apiVersion: 'v1', kind: 'List' }, []],
    ['a List of null', { apiVersion: 'v1', kind: 'List', items: null }, []],
    ['a List of what is no object', { apiVersion: 'v1', kind: 'List', items: ['a', null] }, ['/items/0', '/items/1']],
    ['a list of another kind', { apiVersion: 'a.io/v1', kind: 'Bundle', items: [secret] }, ['/items/0']],
    ['an empty typed list', { apiVersion: 'v1', kind: 'PodList', items: [] }, []],
    ['a typed list of null', { apiVersion: 'apps/v1', kind: 'DeploymentList', items: null }, []],
    ['a typed list of a CRD', { apiVersion: 'a.io/v1', kind: 'WidgetList', metadata: { continue: '' }, items: [bare] }, ['/items/0']],
    [
      'lists in lists',
      { kind: 'List', apiVersion: 'v1', items: [secret, { kind: 'RoleList', apiVersion: 'rbac.authorization.k8s.io/v1', items: [bare, bare] }, secret] },
      ['/items/0', '/items/1/items/0', '/items/1/items/1', '/items/2'],
    ],
    ['a list with fields beside its items', { ...secret, stringData: { a: 'b' }, items: [secret] }, ['', '/items/0']],
    ['a List with fields beside its items', { apiVersion: 'v1', kind: 'List', data: {}, items: [] }, ['']],
    ['an object', secret, ['']],
    ['text', 'a', ['']],
    ['a kind called a list, of text', { apiVersion: 'a.io/v1', kind: 'AllowList', metadata: { name: 'a' }, items: ['a'] }, ['']],
    ['a kind called a list, of maps', { apiVersion: 'a.io/v1', kind: 'AllowList', metadata: { name: 'a' }, items: [{ cidr: 'a' }] }, ['']],
    ['a kind called a list, with a spec', { apiVersion: 'a.io/v1', kind: 'AllowList', spec: {}, items: [] }, ['']],
    ['a kind called a list, with items in its spec', { apiVersion: 'a.io/v1', kind: 'AllowList', spec: { items: [secret] } }, ['']],
    ['a kind called a list, empty', { apiVersion: 'a.io/v1', kind: 'AllowList', metadata: { name: 'a' }, items: [] }, ['']],
    ['a kind called a list, of a map', { apiVersion: 'a.io/v1', kind: 'AllowList', items: { a: 1 } }, ['']],
  ] as [string, Value, string[]][])('takes apart %s', (_, document, expected) => {
    expect(pointers(document)).toEqual(expected);
  }); // prettier-ignore

  it('gives items of a typed list the kind they leave out, and only those', () => {
    expect(kinds({ apiVersion: 'v1', kind: 'SecretList', items: [bare, { kind: 'Other' }, secret] })).toEqual([
      'Secret',
      'Other',
      'Secret',
    ]);
    expect(kinds({ apiVersion: 'v1', kind: 'List', items: [bare] })).toEqual([undefined]);
  });

  it('takes lists apart however deep they are nested', () => {
    let list: Value = secret;
    for (let depth = 0; depth < 20_000; depth++) list = { apiVersion: 'v1', kind: 'List', items: [list] };
    expect(kinds(list)).toEqual(['Secret']);
  });
});

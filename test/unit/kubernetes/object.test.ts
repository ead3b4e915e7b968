import { describe, expect, it } from 'vitest';
import { integerOf, isHook, listOf, waveOf } from '../../../generator/kubernetes/object.ts';
import type { ValueMap } from '../../../generator/model/values.ts';

const annotated = (annotations: ValueMap): ValueMap => ({ metadata: { annotations } });
const wave = 'argocd.argoproj.io/sync-wave';
const hook = 'argocd.argoproj.io/hook';

/** `npm run test:e2e -- annotations` asks Argo CD's own code about many more. */
describe('annotations as Argo CD reads them', () => {
  it('have waves of whole numbers, else the weight of a Helm hook', () => {
    expect(['+1', '-5', '01'].map((text) => waveOf(annotated({ [wave]: text })))).toEqual([1, -5, 1]);
    expect(['1.5', '0x1', ' 1', '', '1e3'].map((text) => waveOf(annotated({ [wave]: text })))).toEqual([0, 0, 0, 0, 0]);
    expect(waveOf(annotated({ [wave]: 'x', 'helm.sh/hook-weight': '7' }))).toBe(7);
    expect(waveOf({})).toBe(0);
  });

  it('have integers of 64 bits', () => {
    expect(['9223372036854775808', '１', '--1', undefined].map(integerOf)).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('have lists that are trimmed, without empty entries, each once', () => {
    expect(listOf(' PreSync , Sync,,Sync')).toEqual(['PreSync', 'Sync']);
    expect(listOf('\u0085a\u00a0,\ufeffb')).toEqual(['a', '\ufeffb']);
  });

  it('make hooks, also by a name that nobody knows; Skip alone makes none', () => {
    expect(['Sync', 'Typo', 'Skip,Sync', ''].map((text) => isHook(annotated({ [hook]: text })))).toEqual([
      true,
      true,
      true,
      true,
    ]);
    expect(['Skip', ' Skip , Typo'].map((text) => isHook(annotated({ [hook]: text })))).toEqual([false, false]);
    expect(['pre-install', 'crd-install'].map((text) => isHook(annotated({ 'helm.sh/hook': text })))).toEqual([
      true,
      false,
    ]);
    expect(isHook({})).toBe(false);
  });
});

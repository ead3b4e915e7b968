import fc from 'fast-check';
import { expect, it } from 'vitest';
import { pointerOf, pointerOfPath, pointerSteps, pointerText, withName } from '../../../generator/model/values.ts';

it.each([
  ['', ''],
  ['/spec', 'spec'],
  ['/spec/items/0/name', 'spec.items.0.name'],
  ['/metadata/annotations/argocd.argoproj.io~1refresh', 'metadata.annotations["argocd.argoproj.io/refresh"]'],
  ['/spec/charts/mirrors/https:~1~1charts.example.com', 'spec.charts.mirrors["https://charts.example.com"]'],
  ['/data/a~0b', 'data["a~b"]'],
  ['/data/a"b', 'data["a\\"b"]'],
  ['/data/', 'data[""]'],
  ['/a.b/c', '["a.b"].c'],
  ['/spec/*/x', 'spec.*.x'],
])('the pointer %s is shown as %s', (pointer, text) => {
  expect(pointerText(pointer)).toBe(text);
  expect(pointerText(pointer)).not.toMatch(/~[01]/);
  expect(pointerOfPath(text)).toBe(pointer);
});

it('what is shown for a pointer can be typed, whatever its names are', () => {
  fc.assert(
    fc.property(fc.array(fc.string(), { maxLength: 4 }), (steps) => {
      const pointer = pointerOf(steps);
      expect(pointerSteps(pointer)).toEqual(steps);
      expect(pointerOfPath(pointerText(pointer))).toBe(pointer);
    }),
  );
});

it('reads what people type', () => {
  expect(pointerOfPath('capabilities.kafka.topics[0].name')).toBe('/capabilities/kafka/topics/0/name');
  expect(pointerOfPath('components.x.values.a["b.c/d"]')).toBe('/components/x/values/a/b.c~1d');
  expect(withName('', 'a-b')).toBe('a-b');
});

it('takes what is no JSON in quotes for itself', () => {
  expect(pointerOfPath('a["\\q"]')).toBe('/a/\\q');
  expect(pointerOfPath('a["\u0007"]')).toBe('/a/\u0007');
});

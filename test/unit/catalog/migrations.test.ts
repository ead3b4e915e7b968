import { describe, expect, it } from 'vitest';
import type { Migration } from '../../../generator/catalog/migrations.ts';
import { isUnsetIn, migrated } from '../../../generator/catalog/migrations.ts';

const file = 'clusters/a.yaml';
const never = (): boolean => false;
const with_ = (...steps: Migration['steps']): readonly Migration[] => [{ version: '1.1.0', about: 'x', steps }];

const spec = `# ours
kind: Cluster
spec:
  # the house has three
  capabilities:
    kafka: # since last year
      brokers: 3 # one a zone
      # grows
      storage: 10Gi # at most 1Ti
      topics:
        - name: orders # first
          partitions: 12
        - { name: bills, partitions: 3 }
    web: { address: "shop.example.com:8443" }
  defaults:
    kafka: { brokers: 1 }
`;

describe('a migration', () => {
  it('renames a key, in defaults of environments and in the items of lists too, and leaves all else', () => {
    const { text, done, diagnostics } = migrated(
      file,
      spec,
      with_(
        { rename: 'capabilities.kafka.brokers', to: 'replicas' },
        { rename: 'capabilities.kafka.topics.*.partitions', to: 'parts' },
      ),
      never,
    );
    expect(diagnostics).toEqual([]);
    expect(text).toBe(spec.replaceAll('brokers:', 'replicas:').replaceAll('partitions:', 'parts:'));
    expect(done.length).toBe(4);
  });

  it('moves a value; the comments of its line stay', () => {
    const { text, diagnostics } = migrated(
      file,
      spec,
      with_({ move: 'capabilities.kafka.storage', to: 'capabilities.kafka.disk.size' }),
      never,
    );
    expect(diagnostics).toEqual([]);
    expect(text).toContain('      # grows\n      # at most 1Ti\n      topics:');
    expect(text).toContain('      disk: { size: "10Gi" }\n');
    expect(text).not.toContain('storage');
  });

  it('splits a text by the groups of a pattern', () => {
    const { text, diagnostics } = migrated(
      file,
      spec,
      with_({
        split: 'capabilities.web.address',
        pattern: '^([^:]+):([0-9]+)$',
        into: [
          { path: 'capabilities.web.host', group: 1 },
          { path: 'capabilities.web.port', group: 2, type: 'integer' },
        ],
      }),
      never,
    );
    expect(diagnostics).toEqual([]);
    expect(text).toContain('    web: { host: shop.example.com, port: 8443 }\n');
  });

  it('writes out what was a default, where nothing sets it', () => {
    const merged = { capabilities: { kafka: { brokers: 3 } } };
    const { text } = migrated(
      file,
      spec,
      with_(
        { default: 'capabilities.kafka.retention', value: '7d' },
        { default: 'capabilities.kafka.brokers', value: 1 },
        { default: 'capabilities.postgres.instances', value: 1 },
      ),
      (path) => isUnsetIn(merged, path),
    );
    expect(text).toContain('      retention: "7d"\n');
    expect(text.replace('      retention: "7d"\n', '')).toBe(spec);
  });

  it('does nothing to a spec that has nothing of it', () => {
    const other = 'kind: Cluster\nspec: { capabilities: { web: {} } }\n';
    const { text, done } = migrated(file, other, with_({ rename: 'capabilities.kafka.brokers', to: 'x' }), never);
    expect([text, done]).toEqual([other, []]);
  });

  it.each([
    ['the new key is there', with_({ rename: 'capabilities.kafka.brokers', to: 'storage' }), 7],
    [
      'the new place is no map',
      with_({ move: 'capabilities.kafka.storage', to: 'capabilities.kafka.brokers.size' }),
      9,
    ],
    [
      'the text does not match',
      with_({
        split: 'capabilities.web.address',
        pattern: '^(x)$',
        into: [{ path: 'capabilities.web.host', group: 1 }],
      }),
      14,
    ],
  ])('is said, not done, where %s', (_why, migrations, line) => {
    const { text, diagnostics } = migrated(
      file,
      spec.replace('  defaults:\n    kafka: { brokers: 1 }\n', ''),
      migrations,
      never,
    );
    expect(text).toBe(spec.replace('  defaults:\n    kafka: { brokers: 1 }\n', ''));
    expect(diagnostics.map((d) => [d.code, d.at?.line])).toEqual([['upgrade/migration', line]]);
  });
});

import { describe, expect, it } from 'vitest';
import { createContext } from '../../generator/context.ts';
import { formatOf } from '../../generator/config/formats.ts';
import { listAt, textAt } from '../../generator/model/values.ts';
import { createPipeline } from '../../generator/pipeline/pipeline.ts';
import { textOptions } from '../helpers/textOptions.ts';

const catalog = createPipeline(createContext('.', { quiet: true, verbose: false })).loadCatalog().value;

/** Options that take any text, and why. */
const freeText: Readonly<Record<string, string>> = {
  'edge/serviceAnnotations/{}': 'Values of annotations have no form.',
  'edge/externalDNS/serviceAccountAnnotations/{}': 'Values of annotations have no form.',
  'edge/externalDNS/tsigKeyName': 'The name server decides what its keys are called.',
  'edge/metallb/interfaces/*': 'Linux takes nearly any name for an interface.',
  'faas/kafka/groupPrefix': 'Kafka takes any text for a consumer group.',
  'gpu/nodes/*/match/machines/*': 'It is what the firmware of the machine says.',
  'kafka/users/*/acls/*/resource/name': 'A topic, group or transactional id, its beginning, or *.',
  'kafka/topics/*/config/{}': 'Each key has a grammar of its own.',
  'monitoring/alertmanager/email/username': 'The mail server decides what its accounts are called.',
  'monitoring/logs/s3/serviceAccountAnnotations/{}': 'Values of annotations have no form.',
  'postgres/clusters/*/serviceAccountAnnotations/{}': 'Values of annotations have no form.',
  'postgres/clusters/*/databases/*/permissions/rows/*/using': 'It is SQL.',
  'postgres/clusters/*/databases/*/permissions/rows/*/check': 'It is SQL.',
  'secrets/store/serviceAccountAnnotations/{}': 'Values of annotations have no form.',
  'secrets/store/vault/mount': 'Vault takes any path.',
  'secrets/store/vault/namespace': 'Vault takes any path.',
  'secrets/store/vault/role': 'Vault takes any text.',
  'secrets/store/vault/audience': 'An audience is any text.',
  'secrets/store/vault/roleId': 'Vault takes any text.',
  'tls/acmeAccount/keyID': 'The certificate authority decides what its accounts are called.',
  'tls/dns01/serviceAccountAnnotations/{}': 'Values of annotations have no form.',
  'tls/dns01/tsigKeyName': 'The name server decides what its keys are called.',
};

const options = [...(catalog?.capabilities.values() ?? [])].flatMap((c) => textOptions(c.options, c.name));

describe('string options of the catalog', () => {
  it('have a format or a pattern, unless they are free text on purpose', () => {
    const without = options.filter(({ schema }) => schema['format'] === undefined && schema['pattern'] === undefined);
    expect(without.map((o) => o.path).sort()).toEqual(Object.keys(freeText).sort());
  });

  it('name formats that there are', () => {
    const named = options.flatMap(({ path, schema }) => {
      const format = textAt(schema, 'format');
      return format === undefined || formatOf(format) !== undefined ? [] : [`${path}: ${format}`];
    });
    expect(named).toEqual([]);
    expect(options.length).toBeGreaterThan(250);
  });

  it('have defaults and examples that their formats take', () => {
    const wrong = options.flatMap(({ path, schema }) => {
      const format = formatOf(textAt(schema, 'format') ?? '');
      return [schema['default'], ...listAt(schema, 'examples')].flatMap((value) => {
        const problem = typeof value === 'string' ? format?.problem(value) : undefined;
        return problem === undefined ? [] : [`${path} ${String(value)}: ${problem}`];
      });
    });
    expect(wrong).toEqual([]);
  });
});

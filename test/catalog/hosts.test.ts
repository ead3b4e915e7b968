import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { describe, expect, it } from 'vitest';
import type { Value } from '../../generator/model/values.ts';
import { asMap, listAt, textAt } from '../../generator/model/values.ts';
import { contributionsOf } from '../../generator/plan/contributions.ts';
import { repository, runExample } from '../helpers/workspace.ts';

const examples = readdirSync(join(repository, 'catalog'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .flatMap(({ name }) =>
    readdirSync(join(repository, 'catalog', name, 'examples')).map(
      (file) => [name, file.replace(/\.yaml$/, '')] as const,
    ),
  );

/** Every host name of a list called `hostnames`, in objects and in the values of charts. */
function hostnamesOf(value: Value): readonly string[] {
  if (Array.isArray(value)) return (value as readonly Value[]).flatMap(hostnamesOf);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(asMap(value)).flatMap(([key, member]) =>
    key === 'hostnames' && Array.isArray(member) ? (member as readonly Value[]).map(String) : hostnamesOf(member),
  );
}

describe('host names of routes', () => {
  it.each(examples)('%s/%s: are contributed, so that nobody else takes them', async (capability, example) => {
    const cluster = (await runExample(capability, example)).clusters[0];
    if (cluster?.plan === undefined) throw new Error('not planned');
    const contributed = contributionsOf(cluster.plan, 'hosts').map((item) => textAt(item, 'host'));
    const texts = [...(cluster.tree?.files ?? [])].filter(([path]) => path.endsWith('.yaml'));
    const documents = texts.flatMap(([, text]) => parseAllDocuments(text).map((d) => d.toJS() as Value));
    expect(documents.flatMap(hostnamesOf).filter((host) => !contributed.includes(host))).toEqual([]);
    const routes = documents.filter((d) => listAt(d, 'spec', 'hostnames').length > 0);
    expect(contributed.length).toBeGreaterThanOrEqual(routes.length);
  });
});

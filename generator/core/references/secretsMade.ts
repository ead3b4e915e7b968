import type { ValueMap } from '../../model/values.ts';
import { asList, asMap, asString } from '../../model/values.ts';
import { textsAt } from './pointers.ts';

/** What is made of an object that says its keys, in the words of an offer. */
interface Made {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly keys: readonly string[] | undefined;
}

/** What External Secrets and Sealed Secrets make of an object, with the keys it will have where they are written out. */
export function secretsMade(object: ValueMap, kind: string, namespace = ''): Made[] {
  const name = asString(asMap(object['metadata'])['name']) ?? '';
  const spec = asMap(object['spec']);
  if (kind === 'external-secrets.io/ExternalSecret') return externalSecret(spec, name, namespace);
  if (kind === 'external-secrets.io/ClusterExternalSecret')
    return externalSecret(asMap(spec['externalSecretSpec']), asString(spec['externalSecretName']) ?? name, '*');
  return kind === 'bitnami.com/SealedSecret' ? [sealedSecret(spec, name, namespace)] : [];
}

// External Secrets v2.9.0: pkg/controllers/externalsecret/externalsecret_controller_template.go; a template takes the place of
// the data unless it is merged
function externalSecret(spec: ValueMap, own: string, namespace: string): Made[] {
  const target = asMap(spec['target']);
  if (target['creationPolicy'] === 'None') return [];
  const template = asMap(target['template']);
  const texts = Object.keys(asMap(template['data']));
  const from = asList(template['templateFrom']);
  const hasData = template['mergePolicy'] === 'Merge' || (texts.length === 0 && from.length === 0);
  const isOpen = from.length > 0 || (hasData && asList(spec['dataFrom']).length > 0);
  const data = hasData ? textsAt(spec, '/data/*/secretKey') : [];
  return [
    {
      kind: manifestKind(asMap(target['manifest'])),
      namespace,
      name: asString(target['name']) ?? own,
      keys: isOpen ? undefined : [...data, ...texts],
    },
  ];
}

/** `group/Kind` of what is made instead of a Secret. */
function manifestKind({ apiVersion, kind }: ValueMap): string {
  const [group = '', version] = (asString(apiVersion) ?? '').split('/');
  const name = asString(kind) ?? 'Secret';
  return version === undefined ? name : `${group}/${name}`;
}

// Sealed Secrets: Unseal in pkg/apis/sealedsecrets/v1alpha1/sealedsecret_expansion.go, read at v0.38.4
function sealedSecret(spec: ValueMap, name: string, namespace: string): Made {
  const keys = [spec['encryptedData'], asMap(spec['template'])['data']].flatMap((part) => Object.keys(asMap(part)));
  return { kind: 'Secret', namespace, name, keys: keys.length === 0 ? undefined : keys };
}

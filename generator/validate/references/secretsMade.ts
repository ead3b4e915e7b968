import type { Offered } from '../../model/references.ts';
import type { ValueMap } from '../../model/values.ts';
import { asList, asMap, asString } from '../../model/values.ts';
import { kindOf } from '../../kubernetes/object.ts';
import { textsAt } from '../../yaml/pointer.ts';

/** What External Secrets and Sealed Secrets make of an object, with the keys it will have where they are written out. */
export function secretsMade(object: ValueMap, kind: string, namespace = ''): Offered[] {
  const name = asString(asMap(object['metadata'])['name']) ?? '';
  const spec = asMap(object['spec']);
  if (kind === 'external-secrets.io/ExternalSecret') return externalSecret(spec, name, namespace);
  if (kind === 'external-secrets.io/ClusterExternalSecret')
    return externalSecret(asMap(spec['externalSecretSpec']), asString(spec['externalSecretName']) ?? name, '*');
  return kind === 'bitnami.com/SealedSecret' ? [sealedSecret(spec, name, namespace)] : [];
}

// External Secrets v2.9.0: pkg/controllers/externalsecret/externalsecret_controller_template.go; a template takes the place of
// the data unless it is merged
function externalSecret(spec: ValueMap, own: string, namespace: string): Offered[] {
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
      kind: kindOf({ kind: 'Secret', ...asMap(target['manifest']) }),
      namespace,
      name: asString(target['name']) ?? own,
      keys: isOpen ? undefined : [...data, ...texts],
    },
  ];
}

// Sealed Secrets: Unseal in pkg/apis/sealedsecrets/v1alpha1/sealedsecret_expansion.go, read at v0.38.4
function sealedSecret(spec: ValueMap, name: string, namespace: string): Offered {
  const keys = [spec['encryptedData'], asMap(spec['template'])['data']].flatMap((part) => Object.keys(asMap(part)));
  return { kind: 'Secret', namespace, name, keys: keys.length === 0 ? undefined : keys };
}

import type { ReferenceRule } from '../../model/references.ts';
import { certificateReferences } from './tables/certificates.ts';
import { kafkaReferences } from './tables/kafka.ts';
import { monitoringReferences } from './tables/monitoring.ts';
import { postgresReferences } from './tables/postgres.ts';
import { secretReferences } from './tables/secrets.ts';

/** Where the custom resources of the catalog's operators name others. */
export const operatorRules: readonly ReferenceRule[] = [
  ...certificateReferences,
  ...secretReferences,
  ...kafkaReferences,
  ...postgresReferences,
  ...monitoringReferences,
  ...['ScaledObject', 'ScaledJob'].map((kind) => ({
    from: [`keda.sh/${kind}`],
    at: '/spec/triggers/*/authenticationRef',
    to: 'keda.sh/TriggerAuthentication',
    kindAt: 'kind',
  })),
  {
    from: ['keda.sh/TriggerAuthentication'],
    at: '/spec/secretTargetRef/*',
    to: 'Secret',
    keyAt: '/key',
  },
  ...['L2Advertisement', 'BGPAdvertisement'].map((kind) => ({
    from: [`metallb.io/${kind}`],
    at: '/spec/ipAddressPools/*',
    to: 'metallb.io/IPAddressPool',
  })),
  { from: ['metallb.io/BGPAdvertisement'], at: '/spec/peers/*', to: 'metallb.io/BGPPeer' },
  { from: ['metallb.io/BGPPeer'], at: '/spec/passwordSecret', to: 'Secret' },
  { from: ['metallb.io/BGPPeer'], at: '/spec/bfdProfile', to: 'metallb.io/BFDProfile' },
];

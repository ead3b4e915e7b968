import type { MakesRule, ReferenceRule } from '../../../model/references.ts';
import { keysAt, keysBelow, made, namesAt } from './rule.ts';

// Prometheus operator v0.93.1: the definitions of kube-prometheus-stack 88.5.3
const kind = (name: string): string => `monitoring.coreos.com/${name}`;
const prometheus = [kind('Prometheus')];
const agents = [kind('Prometheus'), kind('PrometheusAgent')];
const alertmanager = [kind('Alertmanager')];
const ruler = [kind('ThanosRuler')];
const servers = [...agents, ...alertmanager, ...ruler];
const scraped = ['ServiceMonitor', 'PodMonitor', 'Probe', 'ScrapeConfig'].map(kind);
const all = [...servers, ...scraped, kind('AlertmanagerConfig')];

/** A certificate may be in a Secret or a ConfigMap. */
const either = (members: readonly string[], places: readonly string[]): ReferenceRule[] => [
  ...keysBelow(
    all,
    members,
    places.map((at) => `${at}/secret`),
  ),
  ...keysBelow(
    all,
    members,
    places.map((at) => `${at}/configMap`),
    'ConfigMap',
  ),
];

const receivers = [
  'discordConfigs/*/apiURL',
  'emailConfigs/*/authPassword',
  'emailConfigs/*/authSecret',
  'msteamsConfigs/*/webhookUrl',
  'msteamsv2Configs/*/webhookURL',
  'opsgenieConfigs/*/apiKey',
  'pagerdutyConfigs/*/routingKey',
  'pagerdutyConfigs/*/serviceKey',
  'pushoverConfigs/*/token',
  'pushoverConfigs/*/userKey',
  'rocketchatConfigs/*/token',
  'rocketchatConfigs/*/tokenID',
  'slackConfigs/*/apiURL',
  'telegramConfigs/*/botToken',
  'victoropsConfigs/*/apiKey',
  'webhookConfigs/*/urlSecret',
  'wechatConfigs/*/apiSecret',
].map((place) => `/spec/receivers/*/${place}`);
const global = [
  'mattermost/webhookURL',
  'opsGenieApiKey',
  'opsGenieApiUrl',
  'rocketChat/token',
  'rocketChat/tokenID',
  'slackApiUrl',
  'smtp/authPassword',
  'smtp/authSecret',
  'victorops/apiKey',
  'wechat/apiSecret',
].map((place) => `/spec/alertmanagerConfiguration/global/${place}`);
const discovery = [
  'azureSDConfigs/*/clientSecret',
  'consulSDConfigs/*/tokenRef',
  'ec2SDConfigs/*/accessKey',
  'ec2SDConfigs/*/secretKey',
  'lightSailSDConfigs/*/accessKey',
  'lightSailSDConfigs/*/secretKey',
  'openstackSDConfigs/*/applicationCredentialSecret',
  'openstackSDConfigs/*/password',
  'ovhcloudSDConfigs/*/applicationSecret',
  'ovhcloudSDConfigs/*/consumerKey',
  'scalewaySDConfigs/*/secretKey',
].map((place) => `/spec/${place}`);

export const monitoringReferences: readonly ReferenceRule[] = [
  ...keysBelow(all, ['basicAuth'], ['/username', '/password']),
  ...keysBelow(all, ['authorization'], ['/credentials']),
  ...keysBelow(all, ['oauth2'], ['/clientSecret']),
  ...either(['oauth2'], ['/clientId']),
  ...keysBelow(all, ['sigv4'], ['/accessKey', '/secretKey']),
  ...keysBelow(all, ['bearerTokenSecret']),
  ...keysBelow(all, ['proxyConnectHeader'], ['/*/*']),
  ...keysBelow(all, ['tlsConfig', 'grpcServerTlsConfig'], ['/keySecret']),
  ...either(['tlsConfig', 'grpcServerTlsConfig'], ['/ca', '/cert', '/client_ca']),
  ...keysBelow(all, ['clusterTLS'], ['/client/keySecret', '/server/keySecret']),
  ...either(['clusterTLS'], ['/client/ca', '/client/cert', '/server/cert', '/server/client_ca']),
  ...namesAt(servers, ['/spec/serviceAccountName'], 'ServiceAccount'),
  ...namesAt(servers, ['/spec/serviceName'], 'Service'),
  ...namesAt([...agents, ...alertmanager], ['/spec/secrets/*']),
  ...namesAt([...agents, ...alertmanager], ['/spec/configMaps/*'], 'ConfigMap'),
  ...keysAt([...agents, ...ruler], ['/spec/remoteWrite/*/azureAd/oauth/clientSecret']),
  ...keysAt(agents, ['/spec/additionalScrapeConfigs']),
  ...keysAt(prometheus, [
    '/spec/additionalAlertManagerConfigs',
    '/spec/additionalAlertRelabelConfigs',
    '/spec/thanos/objectStorageConfig',
    '/spec/thanos/tracingConfig',
  ]),
  { from: prometheus, at: '/spec/alerting/alertmanagers/*', to: 'Service', namespaceAt: 'namespace' },
  ...keysAt(ruler, [
    '/spec/alertRelabelConfigs',
    '/spec/alertmanagersConfig',
    '/spec/objectStorageConfig',
    '/spec/queryConfig',
    '/spec/tracingConfig',
  ]),
  ...namesAt(alertmanager, ['/spec/configSecret']),
  ...namesAt(alertmanager, ['/spec/alertmanagerConfiguration'], kind('AlertmanagerConfig')),
  ...keysAt(alertmanager, [...global, '/spec/alertmanagerConfiguration/templates/*/secret']),
  ...keysAt(alertmanager, ['/spec/alertmanagerConfiguration/templates/*/configMap'], 'ConfigMap'),
  ...keysAt([kind('AlertmanagerConfig')], receivers),
  ...keysAt([kind('ScrapeConfig')], discovery),
];

// governingServiceName in pkg/prometheus/server, pkg/prometheus/agent, pkg/alertmanager and pkg/thanos, read at v0.93.0
export const monitoringMakes: readonly MakesRule[] = [
  ['Prometheus', 'prometheus-operated'],
  ['PrometheusAgent', 'prometheus-agent-operated'],
  ['Alertmanager', 'alertmanager-operated'],
  ['ThanosRuler', 'thanos-ruler-operated'],
].map(([server = '', name = '']) => made(kind(server), 'Service', `{!/spec/serviceName?}${name}`));

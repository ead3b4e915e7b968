import { describe, expect, it } from 'vitest';
import { formats, formatOf } from '../../../generator/config/formats.ts';

const long = (n: number): string => 'a'.repeat(n);
const pem = (body: string): string => `-----BEGIN CERTIFICATE-----\n${body}\n-----END CERTIFICATE-----\n`;

/** Right and wrong values of every format. */
const values: Readonly<Record<string, { readonly good: readonly string[]; readonly bad: readonly string[] }>> = {
  'ip-address': {
    good: ['10.0.0.1', '::1', '2001:db8::1', '::ffff:192.0.2.1', 'fe80:0:0:0:1:2:3:4'],
    bad: [
      '999.1.1.1',
      '10.0.0',
      '010.0.0.1',
      '1.2.3.4.5',
      ':::',
      '2001:db8::1::2',
      '12345::',
      'fe80::1%eth0',
      'host',
      '',
    ],
  },
  cidr: {
    good: ['10.0.0.0/8', '0.0.0.0/0', '10.1.2.3/32', '2001:db8::/32', '::/0'],
    bad: [
      '999.1.1.1/99',
      '10.0.0.1/8',
      '10.0.0.0/33',
      '10.0.0.0',
      '10.0.0.0/',
      '2001:db8::1/32',
      '2001:db8::/129',
      '10.0.0.0/08',
    ],
  },
  'ip-range': {
    good: ['192.168.10.0/24', '192.168.10.10-192.168.10.20', '2001:db8::1-2001:db8::ff', '10.0.0.1 - 10.0.0.1'],
    bad: [
      '192.168.10.5/24',
      '192.168.10.20-192.168.10.10',
      '10.0.0.1-2001:db8::1',
      '10.0.0.1',
      '10.0.0.300-10.0.0.301',
      '10.0.0.1-',
    ],
  },
  'host-name': {
    good: ['app', 'app.example.com', '1and1.com', `${long(63)}.com`],
    bad: [
      'App.example.com',
      'app..example.com',
      '-app.com',
      'app-',
      `${long(64)}.com`,
      '10.0.0.1',
      'a_b.com',
      `${`${long(60)}.`.repeat(5)}com`,
      '',
    ],
  },
  'wildcard-host': { good: ['*.web.example.com', 'web.example.com'], bad: ['*', '*.', '*.*.com', 'a.*.com'] },
  'host-port': {
    good: ['smtp.example.com:587', '10.0.0.53:53', '[2001:db8::1]:53'],
    bad: [
      'smtp.example.com',
      'smtp.example.com:0',
      'smtp.example.com:65536',
      ':53',
      '2001:db8::1:53',
      '[::g]:53',
      'a:b:1',
    ],
  },
  endpoint: {
    good: ['s3.example.com', 's3.example.com:9000', '10.0.0.1'],
    bad: ['https://s3.example.com', 's3.example.com:', 's3_x'],
  },
  'name-server': {
    good: ['10.0.0.53:53', 'https://1.1.1.1/dns-query'],
    bad: ['10.0.0.53', 'http://1.1.1.1', 'https://'],
  },
  'http-url': {
    good: ['http://minio:9000', 'https://s3.example.com/path?x=1', 'https://[::1]:9000/'],
    bad: ['s3.example.com', 'ftp://a.b', 'https://', 'https://a b', 'https://user@example.com', 'https://a.b:99999'],
  },
  'https-url': { good: ['https://vault.example.com:8200'], bad: ['http://vault.example.com', 'https://a..b'] },
  'git-url': {
    good: [
      'https://git.example.com/platform/fleet.git',
      'https://org@dev.azure.com/org/p/_git/fleet',
      'ssh://git@git.example.com:2222/fleet.git',
      'git@github.com:example/fleet.git',
      'file:///srv/git/fleet',
    ],
    bad: [
      'https://',
      'https://git.example.com',
      'https://user:secret@git.example.com/x',
      'git@github.com:',
      'git@:x',
      'https://git..com/x',
      'file:///',
      'fleet.git',
      'ftp://a/b',
    ],
  },
  'repository-url': {
    good: ['https://charts.example.com', 'oci://quay.io/strimzi-helm', 'http://charts:8080/x'],
    bad: ['charts.example.com', 'oci://', 'https://a b', 'git+https://a/b'],
  },
  'ldap-url': {
    good: ['ldaps://ad.example.com', 'ldap://10.0.0.1:389'],
    bad: ['ldaps://ad.example.com/dc=x', 'https://ad.example.com', 'ldaps://ad.example.com:70000'],
  },
  'email-address': {
    good: ['ops@example.com', 'a.b+c@d.e'],
    bad: ['ops', 'ops@', '@example.com', 'a@b@c.d', 'a..b@c.d', 'ops@exa mple.com', 'ops@-x.com'],
  },
  cpu: { good: ['500m', '1', '0.5', '1500m', '2.5'], bad: ['0', '0m', '-1', '1Gb', '500M B', '0.5m', '100u', 'one'] },
  memory: {
    good: ['512Mi', '2Gi', '1G', '1536Mi', '1048576'],
    bad: ['0Mi', '2', '512', '512m', '2GB', '-1Gi', '', '1.5.5Gi', '9999999999Ei'],
  },
  'volume-size': { good: ['20Gi', '1Ti', '500Mi'], bad: ['0Gi', '20', '20GB', '20 Gi', '9999999999Gi'] },
  'quota-amount': { good: ['0', '20', '500m', '64Gi'], bad: ['-1', '64GB', 'many', '99999999999999999999'] },
  'go-duration': {
    good: ['0', '0s', '1h30m', '1.5h', '100ms', '1h0m0s'],
    bad: ['30d', '1w', '5', '-1h', '1h 30m', '', '9999999h'],
  },
  'go-duration-above-zero': { good: ['24h', '1m'], bad: ['0', '0s', '0h0m', '1d'] },
  'prometheus-duration': {
    good: ['30d', '1w2d', '1h30m', '1y', '500ms'],
    bad: ['0d', '1.5h', '30m1h', '1h1h', '5', '', '1M', '999y'],
  },
  'backup-retention': { good: ['30d', '4w', '12m'], bad: ['0d', '30', '30h', '1y', '030d', 'd'] },
  date: {
    good: ['2024-02-29', '2026-11-20'],
    bad: ['2023-02-29', '2026-13-01', '2026-00-10', '2026-04-31', '2026-4-1', '20260401'],
  },
  'date-time': {
    good: ['2026-11-20T08:00:00Z', '2026-11-20T08:00:00.5+02:00'],
    bad: [
      '2026-11-20',
      '2026-11-20T08:00:00',
      '2026-11-20T24:00:00Z',
      '2026-02-30T08:00:00Z',
      '2026-11-20T08:60:00Z',
      '2026-11-20T08:00:00+25:00',
    ],
  },
  schedule: {
    good: ['*/15 * * * *', '0 3 * * MON-FRI', '0 0 1,15 * ?', '5-59/10 0 * jan *', '0 0 29 2 *'],
    bad: [
      '99 * * * *',
      '* * * *',
      '* * * * * *',
      '0 24 * * *',
      '0 0 0 * *',
      '0 0 * 13 *',
      '0 0 * * 7',
      '30-10 * * * *',
      '*/0 * * * *',
      '@daily',
      '0 0 31 2 *',
      '0 0 30 2 *',
      'a * * * *',
      '1, * * * *',
    ],
  },
  'schedule-with-seconds': {
    good: ['0 0 3 * * *', '0 */5 22-23,0-4 ? JAN Sun,MON'],
    bad: ['99 99 99 * * *', '0 3 * * *', '60 0 3 * * *'],
  },
  'dns-label': { good: ['web', '1web', long(63)], bad: ['web.app', 'Web', '-web', long(64), ''] },
  'object-name': { good: ['web', 'web.config', '1.2'], bad: ['Web', 'web_config', 'web..config', long(254), ''] },
  'role-name': { good: ['view', 'system:node', 'a.b'], bad: ['a/b', 'a%b', '.', '..', ''] },
  'label-key': {
    good: ['zone', 'topology.kubernetes.io/zone', 'A_b.c'],
    bad: ['/zone', 'a/b/c', 'Example.com/zone', 'zone-', long(64), ''],
  },
  'resource-name': { good: ['nvidia.com/mig-1g.5gb'], bad: ['gpu', 'nvidia.com/', 'Nvidia.com/gpu'] },
  'config-key': { good: ['ca.crt', '_a-b.C'], bad: ['a/b', '.', '..a', '', 'ä', long(254)] },
  'api-group': { good: ['', 'apps', 'monitoring.coreos.com'], bad: ['Apps', 'a..b', 'a/b'] },
  image: {
    good: ['nginx', 'registry.example.com:5000/team/app:1.2.3', `a/b@sha256:${'0'.repeat(64)}`, 'ghcr.io/x/y__z:v1'],
    bad: ['Nginx', 'nginx:', 'nginx:1 2', 'a//b', 'a/b@sha256:12', 'https://ghcr.io/a', 'nginx:-1', ''],
  },
  'kubernetes-release': {
    good: ['v1.36.0', 'v1.9.12'],
    bad: ['1.36.0', 'v1.36', 'v2.0.0', 'v1.036.0', 'v1.36.0-rc.1'],
  },
  'regular-expression': { good: ['^gpu-\\d+$', 'a|b'], bad: ['(', '(?=a)', '(a)\\1', '[z-a]'] },
  'kafka-topic': { good: ['orders', 'Orders_v1.x-y', long(249)], bad: ['', '.', '..', 'a b', 'ä', 'a/b', long(250)] },
  'ldap-name': {
    good: ['dc=example,dc=com', 'CN=Doe\\, Jane,OU=people,DC=x', 'uid=a+cn=b,dc=c', '2.5.4.3=x'],
    bad: ['example.com', 'dc=', 'dc=a,,dc=b', 'dc=a,', '=a', 'dc=a;dc=b'],
  },
  'ldap-account': {
    good: ['cn=dex,dc=example', 'dex@example.com', 'EXAMPLE\\dex'],
    bad: ['dex', 'dex@', '@example.com', 'cn='],
  },
  'ldap-filter': {
    good: [
      '(objectClass=person)',
      '(&(objectClass=user)(!(disabled=TRUE)))',
      '(memberOf:1.2.840.113556.1.4.1941:=cn=x)',
      '(cn=*)',
      '(a=\\28)',
    ],
    bad: [
      'objectClass=person',
      '(objectClass=person',
      '(objectClass=person))',
      '(&)',
      '(!(a=b)(c=d))',
      '(a=(b)',
      '()',
      '(&(a=b)c=d)',
    ],
  },
  'ldap-attribute': { good: ['uid', 'memberOf', 'DN', '2.5.4.3', 'cn;lang-de'], bad: ['user name', '1a', '', 'a=b'] },
  'postgres-name': { good: ['orders', 'Ünïcode', '*', 'a b', long(63)], bad: ['', long(64), 'ä'.repeat(32), 'a\nb'] },
  's3-bucket': {
    good: ['prod-eu-loki', 'a.b'],
    bad: ['ab', 'Prod', '10.0.0.1', 'a..b', '-ab', 'xn--ab', 'ab-s3alias', long(64)],
  },
  's3-url': {
    good: ['s3://backups', 's3://backups/a/b'],
    bad: ['backups', 's3://', 's3://B/x', 's3://backups/a b', 'https://backups/x', 's3://backups//x'],
  },
  certificates: {
    good: [pem('MIIB'), pem('MIIB') + pem('MIIC')],
    bad: ['', 'MIIB', pem('hello!'), pem('MIIBx'), pem('MIIB').replaceAll('CERTIFICATE', 'PRIVATE KEY')],
  },
  'encoded-certificates': { good: [btoa(pem('MIIB'))], bad: ['', 'not base64!', btoa('hello')] },
  'aws-region': {
    good: ['eu-central-1', 'us-gov-west-1', 'eusc-de-east-1'],
    bad: ['eu-central', 'EU-central-1', 'frankfurt', 'eu-central-1a'],
  },
  'aws-role': {
    good: ['arn:aws:iam::111122223333:role/dns', 'arn:aws-cn:iam::111122223333:role/a/b'],
    bad: ['dns', 'arn:aws:iam::1:role/dns', 'arn:aws:iam::111122223333:user/dns'],
  },
  'aws-access-key': { good: ['AKIAIOSFODNN7EXAMPLE'], bad: ['a', 'akiaiosfodnn7example'] },
  'aws-hosted-zone': { good: ['Z0123456789'], bad: ['/hostedzone/Z01', 'z01', ''] },
  'google-project': {
    good: ['example-dns', 'example.com:my-proj'],
    bad: ['short', 'Example-dns', '1example', 'example-', long(31)],
  },
  'google-location': { good: ['europe-west3', 'us-central1-a'], bad: ['europe', 'Europe-West3', 'europe-west'] },
  'google-cluster': { good: ['prod-eu'], bad: ['Prod', '1prod', long(41)] },
  'azure-id': { good: ['11111111-2222-3333-4444-555555555555'], bad: ['s', '11111111-2222-3333-4444-55555555555g'] },
  'azure-tenant': { good: ['11111111-2222-3333-4444-555555555555', 'example.onmicrosoft.com'], bad: ['t', 'a..b'] },
  'azure-resource-group': { good: ['dns', 'rg_(a).b'], bad: ['dns.', 'a b', long(91), ''] },
};

describe('the grammar of', () => {
  it('every format has right and wrong values here', () => {
    expect(Object.keys(values).sort()).toEqual(Object.keys(formats).sort());
  });

  for (const [name, { good, bad }] of Object.entries(values)) {
    it(`${name} takes what its consumer takes`, () => {
      expect(good.map((text) => [text, formatOf(name)?.problem(text)])).toEqual(good.map((text) => [text, undefined]));
    });

    it(`${name} says what is wrong with anything else`, () => {
      expect(bad.filter((text) => (formatOf(name)?.problem(text) ?? '') === '')).toEqual([]);
    });
  }

  it.each(Object.entries(formats))('%s says where it was read, and its example is right', (name, format) => {
    expect(format.source).not.toBe('');
    const examples = name === 'certificates' || name === 'encoded-certificates' ? [] : format.example.split(' or ');
    expect(examples.filter((text) => format.problem(text) !== undefined)).toEqual([]);
  });
});

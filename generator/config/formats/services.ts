import type { Format } from './format.ts';
import { matching } from './format.ts';
import { addressOf } from '../../kubernetes/addresses.ts';
import { hostProblem } from './network.ts';

const kafkaSource = 'kafka 4.3, clients, org.apache.kafka.common.internals.Topic';

function topicProblem(text: string): string | undefined {
  if (text === '.' || text === '..') return 'it is . or ..';
  if (text.length > 249) return `it has ${text.length} characters; 249 are allowed`;
  return /^[a-zA-Z0-9._-]+$/.test(text) ? undefined : 'it is not made of letters, digits, ., _ and -';
}

/** A distinguished name (RFC 4514): parts `attribute=value`, separated by commas and plus signs. */
function dnProblem(text: string): string | undefined {
  const parts = text.split(/(?<!\\)[,+]/);
  for (const part of parts) {
    const [, attribute, value] = /^\s*([A-Za-z][A-Za-z0-9-]*|\d+(?:\.\d+)*)\s*=\s*(.*?)\s*$/s.exec(part) ?? [];
    if (attribute === undefined) return `"${part.trim()}" is not made of an attribute, = and a value`;
    if (value === '') return `${attribute} has no value`;
    if (/(?<!\\)[";<>]/.test(value ?? '')) return `${attribute} has one of " ; < > without \\ before it`;
  }
  return undefined;
}

/** A search filter (RFC 4515): one expression in brackets. */
function filterProblem(text: string): string | undefined {
  const end = filterEnd(text, 0);
  if (typeof end === 'string') return end;
  return end === text.length ? undefined : `behind the closing bracket there is "${text.slice(end)}"`;
}

function filterEnd(text: string, start: number): number | string {
  if (text[start] !== '(')
    return start === 0 ? 'it does not begin with (' : `a ( is missing before "${text.slice(start, start + 20)}"`;
  const operator = text[start + 1] ?? '';
  if (!['&', '|', '!'].includes(operator)) {
    const item = /^\(([A-Za-z0-9][A-Za-z0-9.;:-]*)(=|>=|<=|~=|:=)((?:[^()\\\0]|\\[0-9A-Fa-f]{2})*)\)/.exec(
      text.slice(start),
    );
    return item === null ? `"${text.slice(start, start + 40)}" is not (attribute=value)` : start + item[0].length;
  }
  let at = start + 2;
  let count = 0;
  while (text[at] === '(') {
    const end = filterEnd(text, at);
    if (typeof end === 'string') return end;
    at = end;
    count += 1;
  }
  if (text[at] !== ')') return 'a closing bracket is missing';
  if (operator === '!' && count !== 1) return '! stands before exactly one filter';
  return count === 0 ? `there is nothing behind ${operator}` : at + 1;
}

const encoder = new TextEncoder();

function postgresNameProblem(text: string): string | undefined {
  if (text === '') return 'it is empty';
  if (/\p{Cc}/u.test(text)) return 'it has a control character';
  const { length } = encoder.encode(text);
  return length > 63 ? `it has ${length} bytes, and PostgreSQL would cut it off after 63` : undefined;
}

function bucketProblem(text: string): string | undefined {
  if (text.length < 3 || text.length > 63) return `it has ${text.length} characters; 3 to 63 are allowed`;
  if (!/^[a-z0-9][a-z0-9.-]*[a-z0-9]$/.test(text))
    return 'it is not made of small letters, digits, . and -, with a letter or digit at both ends';
  if (text.includes('..') || addressOf(text) !== undefined) return 'it has two dots in a row, or is an address';
  return /^(?:xn--|sthree-|amzn-s3-demo-)|(?:-s3alias|--ol-s3|\.mrap|--x-s3)$/.test(text)
    ? 'S3 keeps this beginning or end for itself'
    : undefined;
}

function bucketUrlProblem(text: string): string | undefined {
  const [, bucket, path = ''] = /^s3:\/\/([^/]*)(?:\/(.*))?$/s.exec(text) ?? [];
  if (bucket === undefined) return 'it does not begin with s3://';
  const problem = bucketProblem(bucket);
  if (problem !== undefined) return `its bucket: ${problem}`;
  return /^[A-Za-z0-9!_.*'()/-]*$/.test(path) && !`/${path}`.includes('//')
    ? undefined
    : 'its folder has characters that make trouble in S3';
}

function certificatesProblem(text: string): string | undefined {
  // each is looked for up to the end of the text
  if (text.split('-----BEGIN ').length > 500) return 'it has more than 500 blocks';
  const blocks = text.match(/-----BEGIN [A-Z0-9 ]+-----[\s\S]*?-----END [A-Z0-9 ]+-----/g) ?? [];
  if (blocks.length === 0) return 'it has no block from BEGIN CERTIFICATE to END CERTIFICATE';
  for (const block of blocks) {
    const [, kind = '', body = '', end] =
      /^-----BEGIN ([A-Z0-9 ]+)-----([\s\S]*)-----END ([A-Z0-9 ]+)-----$/.exec(block) ?? [];
    if (kind !== 'CERTIFICATE' || end !== kind) return `it has a block ${kind}; certificates alone are public`;
    if (!isBase64(body.replace(/\s/g, '')) || !body.replace(/\s/g, '').startsWith('MI'))
      return 'a certificate in it is not base64, or is cut off';
  }
  return undefined;
}

const isBase64 = (text: string): boolean => text !== '' && text.length % 4 === 0 && /^[A-Za-z0-9+/]+={0,2}$/.test(text);

function encodedCertificatesProblem(text: string): string | undefined {
  return isBase64(text) ? certificatesProblem(atob(text)) : 'it is no base64';
}

const aws = 'AWS General Reference';
const azure = 'Azure naming rules, Microsoft.Resources';

export const serviceFormats = {
  'kafka-topic': { what: 'a topic of Kafka', example: 'orders', source: kafkaSource, problem: topicProblem },
  'ldap-name': { what: 'a distinguished name', example: 'dc=example,dc=com', source: 'RFC 4514', problem: dnProblem },
  'ldap-account': {
    what: 'an account of a directory',
    example: 'cn=dex,ou=service,dc=example,dc=com',
    source: 'RFC 4514; Active Directory: name@domain and DOMAIN\\name (MS-ADTS 5.1.1.1.1)',
    problem: (text) => (/^[^@\s]+@[A-Za-z0-9.-]+$|^[A-Za-z0-9.-]+\\[^\\\s]+$/.test(text) ? undefined : dnProblem(text)),
  },
  'ldap-filter': {
    what: 'a filter of LDAP',
    example: '(objectClass=person)',
    source: 'RFC 4515',
    problem: filterProblem,
  },
  'ldap-attribute': matching(
    /^(?:[A-Za-z][A-Za-z0-9-]*|\d+(?:\.\d+)+)(?:;[A-Za-z0-9-]+)*$/,
    'it is not made of letters, digits and -, with a letter at the beginning',
    { what: 'an attribute of LDAP', example: 'uid', source: 'RFC 4512, 2.5' },
  ),
  'postgres-name': {
    what: 'a name of PostgreSQL',
    example: 'orders',
    source: 'postgresql 18, NAMEDATALEN (src/include/pg_config_manual.h)',
    problem: postgresNameProblem,
  },
  's3-bucket': {
    what: 'a bucket of S3',
    example: 'prod-eu-logs',
    source: 'AWS S3 User Guide, bucket naming rules',
    problem: bucketProblem,
  },
  's3-url': {
    what: 'a bucket of S3 and a folder in it',
    example: 's3://backups/postgres',
    source: 'AWS S3 User Guide, bucket and key naming rules',
    problem: bucketUrlProblem,
  },
  certificates: {
    what: 'certificates in PEM',
    example: '-----BEGIN CERTIFICATE-----',
    source: 'RFC 7468',
    problem: certificatesProblem,
  },
  'encoded-certificates': {
    what: 'the base64 of certificates in PEM',
    example: 'LS0tLS1CRUdJTi…',
    source: 'RFC 4648; RFC 7468',
    problem: encodedCertificatesProblem,
  },
  'aws-region': matching(/^[a-z]{2,5}(?:-[a-z]+)+-\d{1,2}$/, 'it is made like eu-central-1', {
    what: 'a region of AWS',
    example: 'eu-central-1',
    source: aws,
  }),
  'aws-role': matching(
    /^arn:aws(?:-[a-z]+)*:iam::\d{12}:role\/[\w+=,.@/-]{1,512}$/,
    'it is arn:aws:iam::, twelve digits, :role/ and a name',
    {
      what: 'the ARN of a role',
      example: 'arn:aws:iam::111122223333:role/dns',
      source: 'AWS IAM User Guide, identifiers',
    },
  ),
  'aws-access-key': matching(/^[A-Z0-9]{16,128}$/, 'it is made of 16 to 128 capitals and digits', {
    what: 'the id of an access key',
    example: 'AKIAIOSFODNN7EXAMPLE',
    source: 'AWS IAM API Reference, AccessKey',
  }),
  'aws-hosted-zone': matching(/^[A-Z0-9]{1,32}$/, 'it is made of capitals and digits, at most 32', {
    what: 'the id of a hosted zone',
    example: 'Z0123456789ABCDEFGHIJ',
    source: 'Route 53 API Reference, HostedZone',
  }),
  'google-project': matching(
    /^(?:[a-z0-9.-]+:)?[a-z][a-z0-9-]{4,28}[a-z0-9]$/,
    'it has 6 to 30 small letters, digits and -, and begins with a letter',
    { what: 'a project of Google Cloud', example: 'example-dns', source: 'Google Cloud Resource Manager, projects' },
  ),
  'google-location': matching(/^[a-z]+-[a-z]+\d+(?:-[a-z])?$/, 'it is a region like europe-west3, or a zone of one', {
    what: 'a location of Google Cloud',
    example: 'europe-west3',
    source: 'Google Kubernetes Engine, locations',
  }),
  'google-cluster': matching(/^[a-z](?:[a-z0-9-]{0,38}[a-z0-9])?$/, 'it has at most 40 small letters, digits and -', {
    what: 'the name of a cluster of Google Cloud',
    example: 'prod-eu',
    source: 'Google Kubernetes Engine API, Cluster.name',
  }),
  'azure-id': matching(/^[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$/, 'it is a GUID', {
    what: 'an id of Azure',
    example: '11111111-2222-3333-4444-555555555555',
    source: 'RFC 9562',
  }),
  'azure-tenant': {
    what: 'a tenant of Azure',
    example: '11111111-2222-3333-4444-555555555555',
    source: 'Microsoft identity platform, tenant id or domain',
    problem: (text) =>
      /^[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$/.test(text) ||
      (text.includes('.') && hostProblem(text) === undefined)
        ? undefined
        : 'it is neither a GUID nor a domain',
  },
  'azure-resource-group': matching(
    /^[\p{L}\p{Nd}_().-]{0,89}[\p{L}\p{Nd}_()-]$/u,
    'it has at most 90 letters, digits and ( ) - _ ., and no . at its end',
    { what: 'a resource group of Azure', example: 'dns', source: azure },
  ),
} as const satisfies Readonly<Record<string, Format>>;

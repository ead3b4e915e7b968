import type { Json } from './kubeClient.ts';
import { texts } from './schemaObjects.ts';

/** Formats of text that definitions may name, known to the API server or not. */
const formats: readonly string[] = [
  'bsonobjectid',
  'byte',
  'cidr',
  'creditcard',
  'date',
  'date-time',
  'datetime',
  'duration',
  'email',
  'hexcolor',
  'hostname',
  'ipv4',
  'ipv6',
  'isbn',
  'isbn10',
  'isbn13',
  'k8s-long-name',
  'k8s-short-name',
  'mac',
  'password',
  'rgbcolor',
  'ssn',
  'uri',
  'uuid',
  'uuid3',
  'uuid4',
  'uuid5',
  'idn-email',
  'regex',
  'gotime',
  'int32',
  'double',
];

const patterns: readonly string[] = [
  '^(?i)abort$',
  '^[[:alpha:]]+$',
  '^\\S+$',
  '^.$',
  '^\\pL+$',
  '(?s)^.*$',
  '^(a+)+$',
  '\\bexample\\b',
  '^[^\\x00-\\x20]*$',
  '^\\d{4}',
  'a|^$',
  '^\\w+$',
  '\\.com\\z',
];

/** Rules about a text that are true of some and false of others; what a function cannot read is guarded, or an error for both. */
const ofText: readonly string[] = [
  'isIP(self)',
  'ip(self).family() == 4',
  'ip(self).isLoopback() || ip(self).isLinkLocalUnicast()',
  'ip(self).isGlobalUnicast()',
  'isIP(self) && ip.isCanonical(self)',
  'isIP(self) && string(ip(self)) == self',
  'isCIDR(self)',
  'cidr(self).prefixLength() > 24',
  'isCIDR(self) && string(cidr(self).masked()) == self',
  'isIP(self) && cidr("192.0.2.0/24").containsIP(self)',
  'cidr("::/0").containsCIDR(self)',
  'isURL(self)',
  'url(self).getHost() != ""',
  'url(self).getScheme() == "https"',
  'url(self).getPort() == "80"',
  'url(self).getHostname() == "::1"',
  'url(self).getEscapedPath() == "/a"',
  'size(url(self).getQuery()) > 0',
  'isQuantity(self)',
  'quantity(self).isInteger()',
  'quantity(self).isGreaterThan(quantity("1"))',
  'quantity(self).compareTo(quantity("5")) == 0',
  'quantity(self).add(1).asApproximateFloat() > 2.0',
  'isSemver(self)',
  'isSemver(self, true)',
  'semver(self, true).major() >= 1',
  'self.matches("^[a-z]+$")',
  'matches(self, "(?i)^a")',
  'self.find("[0-9]+") == "1"',
  'self.findAll("[a-z]+").size() > 1',
  'self.findAll("[a-z]", 2).size() == 2',
  'self.lowerAscii() == self',
  'self.upperAscii() == "A"',
  'self.size() == 2',
  'self.startsWith("a") || self.endsWith("m")',
  'self.split(".").size() == 3',
  'self.split("a", 2)[0] == ""',
  'self.replace("a", "b") == self',
  'self.replace("a", "", 1).contains("a")',
  'self.charAt(0) == "a"',
  'self.substring(1, 2) == "."',
  'self.indexOf("e") > 1',
  'self.lastIndexOf("e") == self.indexOf("e")',
  'self.trim() == self',
  'duration(self) > duration("1m")',
  'timestamp(self) > timestamp("2020-01-01T00:00:00Z")',
  'int(self) > 0',
  'double(self) > 1.0',
  'self < "b"',
  '!format.dns1123Label().validate(self).hasValue()',
  '!format.dns1123Subdomain().validate(self).hasValue()',
  '!format.dns1035Label().validate(self).hasValue()',
  '!format.qualifiedName().validate(self).hasValue()',
  '!format.labelValue().validate(self).hasValue()',
  '!format.uri().validate(self).hasValue()',
  '!format.uuid().validate(self).hasValue()',
  '!format.date().validate(self).hasValue()',
  '!format.datetime().validate(self).hasValue()',
  '!format.byte().validate(self).hasValue()',
  'format.named("dns1123Label").hasValue() && !format.named("dns1123Label").value().validate(self).hasValue()',
  '"%s-%d".format([self, 1]) == "a-1"',
  'strings.quote(self) == "\\"a\\""',
  'self in ["a", "web"]',
  'type(self) == string',
  'self.size() > 0 && bytes(self) < b"b"',
  'bytes(self).size() > 2',
  'string(bytes(self)) == self',
  '"%x".format([self]) == "61"',
  '"%s %b".format([self, self == "a"]) == "a 1"',
  'isQuantity(self) && quantity(self) == quantity("1")',
  'isQuantity(self) && quantity(self) in [quantity("1"), quantity("5")]',
  'isIP(self) && ip(self) == ip("127.0.0.1")',
  'isCIDR(self) && cidr(self) == cidr("10.0.0.0/8")',
  'isURL(self) && url(self) == url("https://example.com/a")',
  'isSemver(self) && semver(self) == semver("1.2.3")',
  'isSemver(self) && semver(self).compareTo(semver("1.2.3")) == 0',
  'optional.ofNonZeroValue(self).hasValue()',
  'optional.unwrap([optional.of(self), optional.ofNonZeroValue("")]).size() == 1',
  '[optional.of(self), optional.none()].unwrapOpt() == [self]',
  'timestamp("2026-01-02T03:04:05Z").getHours("+02:00") == 5',
  'timestamp("2026-01-02T03:04:05.120Z").getMinutes("-01:30") == 34',
  'timestamp("2026-01-02T03:04:05Z").getDayOfWeek("Europe/Berlin") == 5',
  'string(timestamp("2026-01-02T03:04:05.120Z")) == "2026-01-02T03:04:05.12Z"',
  'int(timestamp("1970-01-01T00:00:01Z")) == 1',
  'string(duration("90s")) == "90s" && string(duration("-1500ms")) == "-1.5s"',
  '[duration("1s"), duration("2s")].sum() == duration("3s")',
  '[duration("3s"), duration("2s")].min() == duration("2s")',
  '[timestamp("2026-01-02T03:04:05Z"), timestamp("2025-01-02T03:04:05Z")].max().getFullYear() == 2026',
  '[1u, 2u].sum() == 3u',
  '"oldSelf" != self',
  'self != "" ? self.size() < 5 : false',
];

const ofList: readonly string[] = [
  'self.isSorted()',
  'self.sum() > 3',
  'self.min() == 1',
  'self.max() > 2',
  'self.indexOf(2) == 1',
  'self.lastIndexOf(1) > 0',
  'self.all(x, x > 0)',
  'self.exists(x, x == 2)',
  'self.exists_one(x, x == 1)',
  'self.all(i, x, x > i)',
  'self.exists(i, x, i == x)',
  'self.transformList(i, x, x * i).sum() > 2',
  'self.transformList(i, x, x > 1, x).size() == 1',
  'self.map(x, x + 1).exists(x, x == 3)',
  'self.filter(x, x > 1).size() == 1',
  'sets.contains(self, [1, 2])',
  'sets.equivalent(self, [2, 1])',
  'sets.intersects(self, [3])',
  'self[0] - (2 - self[1]) == 1',
  'self.size() == 2 && self == [1, 2]',
  'self[?1].orValue(7) == 7',
  'self[?0].optMap(x, x + 1).orValue(0) == 2',
  'optional.of(self).hasValue()',
  '2 in self',
  'self.all(x, self.all(y, self.all(z, x + y + z < 5)))',
  'self.transformMap(i, x, x) == {0: 1, 1: 2}',
  'self.transformMap(i, x, x > 1, x) == {1: 2}',
  'self.transformMapEntry(i, x, {x: i}) == {1: 0, 2: 1}',
  'self.transformMapEntry(i, x, x > 1, {"a": x}) == {"a": 2}',
  'self.existsOne(i, x, i == x - 1)',
  'self + [1] == [1, 2, 1]',
  'self != [1, 2]',
  '[self] == [[1, 2]]',
];
const lists: readonly (readonly number[])[] = [[], [1], [1, 2], [2, 1], [1, 1], [3, 2, 1], [-1], [1, 2, 2]];

const ofMap: readonly string[] = [
  'self.all(k, self[k] > 0)',
  'self.exists(k, k == "a")',
  'self.all(k, v, v > 0)',
  'self.exists(k, v, k == "a" && v == 1)',
  'self.transformMap(k, v, v + 1).all(k, v, v > 1)',
  'self.transformList(k, v, v).sum() > 2',
  '"a" in self',
  'has(self.a) && self.a == 1',
  'self.?a.orValue(5) == 5',
  'self.size() == 2',
  'self.map(k, k).exists(k, k == "b")',
  'self == {"a": 1, "b": 2}',
  'self != {"a": 1}',
  'self.transformMap(k, v, v * 2) == {"a": 2, "b": 4}',
  'self.transformMapEntry(k, v, {k + "x": v}) == {"ax": 1, "bx": 2}',
  'self.transformMapEntry(k, v, v > 1, {"same": v}) == {"same": 2}',
  'self.existsOne(k, v, v == 1)',
];
/** Rules about a list without an order. */
const ofSet: readonly string[] = [
  'self == [1, 2]',
  '[1, 2] == self',
  'self != [2, 1]',
  'self + [1] == [1, 2]',
  'self + [3] == [3, 2, 1]',
  '(self + [2]).size() == 2',
  '[1] + self == [1, 1, 2]',
  'self.map(x, x) == [1, 2]',
  'self.filter(x, true) == [2, 1]',
];
const sets: readonly (readonly number[])[] = [[], [1], [1, 2], [2, 1], [3, 2, 1], [3]];

/** Rules about a list whose entries have keys. */
const ofEntries: readonly string[] = [
  'self == self.map(e, e)',
  'self.map(e, e.name) == ["a", "b"]',
  '(self + self).size() == 2',
  'self + self == self',
  'self.exists(e, e.name == "a" && has(e.n) && e.n == 1)',
];
const entries: readonly (readonly Json[])[] = [
  [],
  [{ name: 'a', n: 1 }],
  [
    { name: 'a', n: 1 },
    { name: 'b', n: 2 },
  ],
  [
    { name: 'b', n: 2 },
    { name: 'a', n: 1 },
  ],
  [{ name: 'b' }, { name: 'a', n: 2 }],
];

const maps: readonly Readonly<Record<string, number>>[] = [{}, { a: 1 }, { a: 1, b: 2 }, { b: -1 }];

interface Field {
  readonly schema: Json;
  readonly values: readonly unknown[];
}

const ruled =
  (schema: Json, values: readonly unknown[]) =>
  (rule: string): Field => ({
    schema: { ...schema, 'x-kubernetes-validations': [{ rule }] },
    values,
  });

const numbers = [0, 1, 0.1, 0.3, 0.7, 1.5, 2, 3, 1e3, -0.2, 2.5000000001];

const keyed: Json = {
  type: 'array',
  'x-kubernetes-list-type': 'map',
  'x-kubernetes-list-map-keys': ['name'],
  items: {
    type: 'object',
    required: ['name'],
    properties: { name: { type: 'string', maxLength: 10 }, n: { type: 'integer' } },
  },
};

function fields(): readonly Field[] {
  const integers: Json = { type: 'integer' };
  return [
    ...formats.map((format): Field => ({ schema: { type: 'string', format }, values: texts })),
    ...patterns.map((pattern): Field => ({ schema: { type: 'string', pattern }, values: texts })),
    ...ofText.map(ruled({ type: 'string', maxLength: 100 }, texts)),
    ...ofList.map(ruled({ type: 'array', maxItems: 10, items: integers }, lists)),
    ...ofSet.map(ruled({ type: 'array', 'x-kubernetes-list-type': 'set', maxItems: 10, items: integers }, sets)),
    ...ofEntries.map(ruled({ ...keyed, maxItems: 10 }, entries)),
    ...ofMap.map(ruled({ type: 'object', maxProperties: 10, additionalProperties: integers }, maps)),
    ...[0.1, 0.5, 2, 0.7].map((multipleOf): Field => ({ schema: { type: 'number', multipleOf }, values: numbers })),
    ...['date', 'date-time', 'duration', 'byte'].map((format): Field =>
      ruled(
        { type: 'string', format, maxLength: 100 },
        texts,
      )(
        {
          date: 'self > timestamp("2026-01-01T00:00:00Z")',
          'date-time': 'self.getFullYear() == 2026',
          duration: 'self > duration("5m")',
          byte: 'self.size() == 1',
        }[format] ?? 'true',
      ),
    ),
  ];
}

/** A definition with a field for each format, pattern and rule, and objects that have one value of one field each. */
export function ruleTable(): { readonly definition: Json; readonly asked: readonly { object: Json; says: string }[] } {
  const all = fields();
  const properties = Object.fromEntries(all.map(({ schema }, i) => [`field${i}`, schema]));
  const definition = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'rules.test.example.com' },
    spec: {
      group: 'test.example.com',
      scope: 'Cluster',
      names: { kind: 'Rules', listKind: 'RulesList', plural: 'rules', singular: 'rules' },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          schema: { openAPIV3Schema: { type: 'object', properties: { spec: { type: 'object', properties } } } },
        },
      ],
    },
  };
  const asked = all.flatMap(({ schema, values }, i) =>
    values.map((value) => ({
      object: {
        apiVersion: 'test.example.com/v1',
        kind: 'Rules',
        metadata: { name: 'a' },
        spec: { [`field${i}`]: value },
      },
      says: `${JSON.stringify(value)} for ${JSON.stringify(schema)}`,
    })),
  );
  return { definition, asked };
}

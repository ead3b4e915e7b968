/** What a plain scalar stands for; whole numbers that JavaScript cannot hold are bigint. */
export type Scalar = null | boolean | number | bigint | string;

/** Plain scalars that are words, as go-yaml 2 (which sigs.k8s.io/yaml reads with) knows them. */
const words = new Map<string, boolean | null>([
  ...['y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON'].map((w) => [w, true] as const),
  ...['n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF'].map((w) => [w, false] as const),
  ...['', '~', 'null', 'Null', 'NULL'].map((w) => [w, null] as const),
]);
const infinite = /^([-+]?)\.(?:inf|Inf|INF)$/;
const notNumber = /^\.(?:nan|NaN|NAN)$/;
const integer = /^([-+]?)(?:0[xX]([0-9a-fA-F]+)|0[bB]([01]+)|0[oO]?([0-7]+)|([1-9][0-9]*|0))$/;
const decimal = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;
/** strconv.ParseFloat takes underscores between digits. */
const point = /^\.[0-9]+(?:_[0-9]+)*(?:[eE][-+]?[0-9]+(?:_[0-9]+)*)?$/;
/** The usual number, which all readers agree on. */
const usual = /^(?:0|-?[1-9][0-9]{0,14})(?:\.[0-9]+)?$/;

/** A plain scalar as Helm, kubectl and Argo CD read it: YAML 1.1 but for dates and sexagesimal numbers, which stay text. */
export function kubernetesScalar(source: string): Scalar {
  const word = words.get(source);
  if (word !== undefined) return word;
  return mayBeNumber.test(source) ? (numberOf(source) ?? source) : source;
}

const mayBeNumber = /^[-+.0-9]/;

function numberOf(source: string): number | bigint | undefined {
  if (usual.test(source)) return Number(source);
  const [, sign] = infinite.exec(source) ?? [];
  if (sign !== undefined) return sign === '-' ? -Infinity : Infinity;
  if (notNumber.test(source)) return NaN;
  const plain = source.includes('_') ? source.replaceAll('_', '') : source;
  if (source.startsWith('.')) return point.test(source) ? finite(Number(plain)) : undefined;
  return integerOf(plain) ?? (decimal.test(plain) ? finite(Number(plain)) : undefined);
}

const finite = (value: number): number | undefined => (Number.isFinite(value) ? value : undefined);

/** What fits into 64 bits, signed or not; the rest is read as a decimal number, if it is one. */
function integerOf(plain: string): number | bigint | undefined {
  const [, sign, hex, binary, octal, digits] = integer.exec(plain) ?? [];
  const [text, prefix] =
    hex !== undefined
      ? [hex, '0x']
      : binary !== undefined
        ? [binary, '0b']
        : [octal ?? digits, octal === undefined ? '' : '0o'];
  if (text === undefined) return undefined;
  const exact = BigInt(prefix + text);
  const limit = sign === '' ? 2n ** 64n - 1n : sign === '-' ? 2n ** 63n : 2n ** 63n - 1n;
  if (exact > limit) return undefined;
  const value = sign === '-' ? -exact : exact;
  return Number.isSafeInteger(Number(value)) ? Number(value) : value;
}

/** A plain scalar as the core schema of YAML 1.2 has it. */
export function coreScalar(source: string): Scalar {
  if (/^(?:~|null|Null|NULL)?$/.test(source)) return null;
  if (/^(?:true|True|TRUE|false|False|FALSE)$/.test(source)) return source.toLowerCase() === 'true';
  if (/^[-+]?[0-9]+$/.test(source) || /^0(?:o[0-7]+|x[0-9a-fA-F]+)$/.test(source)) {
    const value = source.startsWith('-') ? -BigInt(source.slice(1)) : BigInt(source.replace('+', ''));
    return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  }
  const [, sign] = infinite.exec(source) ?? [];
  if (sign !== undefined) return sign === '-' ? -Infinity : Infinity;
  if (notNumber.test(source)) return NaN;
  return decimal.test(source) ? Number(source) : source;
}

/** What some readers of either version read in another way than Kubernetes does. */
const dated = /^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:$|[Tt\s])/;
const sexagesimal = /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/;
const otherNumbers = /^[-+]?0o?[0-7]+$/i;

/** Whether a plain scalar means different things to readers of YAML 1.1 and 1.2, or to readers of one of them. */
export function isAmbiguous(source: string): boolean {
  if (usual.test(source) || !mayBeAmbiguous.test(source)) return false;
  if (dated.test(source) || sexagesimal.test(source) || (otherNumbers.test(source) && !/^[-+]?0$/.test(source)))
    return true;
  const [kubernetes, core] = [kubernetesScalar(source), coreScalar(source)];
  if (typeof kubernetes === 'number' && !Number.isFinite(kubernetes)) return true; // JSON has none
  if (/^(?:y|n|yes|no|on|off)$/i.test(source)) return true;
  return !Object.is(toNumber(kubernetes), toNumber(core));
}

const mayBeAmbiguous = /^(?:[-+.0-9]|[yYnNoO])/;
const toNumber = (value: Scalar): Scalar => (typeof value === 'bigint' ? Number(value) : value === 0 ? 0 : value);

/** What to write in place of an ambiguous scalar: the text in quotes, and the value that cannot be taken for something else. */
export function unambiguous(source: string): readonly string[] {
  const quoted = JSON.stringify(source);
  const value = kubernetesScalar(source);
  if (typeof value === 'boolean') return [quoted, String(value)];
  if (typeof value === 'bigint' || (typeof value === 'number' && Number.isFinite(value)))
    return [quoted, String(value)];
  const word = /^(?:(y|yes|on)|n|no|off)$/i.exec(source);
  if (word !== null) return [quoted, String(word[1] !== undefined)];
  return sexagesimal.test(source) && !source.includes('.') ? [quoted, String(seconds(source))] : [quoted];
}

/** `12:30:00` is 45000 to readers of YAML 1.1 that know sexagesimal numbers. */
function seconds(source: string): number {
  const [, sign, digits = ''] = /^([-+]?)(.*)$/.exec(source.replaceAll('_', '')) ?? [];
  const total = digits.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
  return sign === '-' ? -total : total;
}

/** Whether a number cannot be kept as it is written: whole ones beyond 2^53, and what is too large for any. */
export function isInexact(source: string): boolean {
  if (usual.test(source) || !mayBeNumber.test(source)) return false;
  if (typeof kubernetesScalar(source) === 'bigint') return true;
  return /^[-+]?[0-9]+$/.test(source)
    ? !Number.isSafeInteger(Number(source))
    : decimal.test(source) && !Number.isFinite(Number(source));
}

/** Keys are text in JSON; go-yaml's are made text as sigs.k8s.io/yaml does. Of two equal keys the last one holds. */
export function keyText(key: unknown): string | undefined {
  if (typeof key === 'string') return key;
  if (typeof key === 'boolean' || typeof key === 'bigint') return String(key);
  if (typeof key === 'number') return Number.isInteger(key) ? String(key) : singlePrecision(key);
  return undefined;
}

/** As few digits as tell a number of single precision from others: strconv.FormatFloat(key, 'g', -1, 32). */
function singlePrecision(key: number): string {
  if (Number.isNaN(key)) return '.nan';
  if (!Number.isFinite(key)) return key < 0 ? '-.inf' : '.inf';
  const single = Math.fround(key);
  const digits =
    [1, 2, 3, 4, 5, 6, 7, 8].find((count) => Math.fround(Number(single.toPrecision(count))) === single) ?? 9;
  const [mantissa = '', exponent = '0'] = single.toExponential(digits - 1).split('e');
  const power = Number(exponent);
  if (power >= -4 && power < 6) return String(Number(single.toPrecision(digits)));
  return `${mantissa}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
}

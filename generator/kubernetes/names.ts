import { isDnsLabel } from '../model/names.ts';

// Forms of names, as k8s.io/apimachinery pkg/util/validation has them.

const subdomain = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/;
const namePart = /^[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?$/;

export const isDnsSubdomain = (text: string): boolean => text.length <= 253 && subdomain.test(text);

/** As a DNS label, and begins with a letter. */
export const isDns1035Label = (text: string): boolean => /^[a-z]/.test(text) && isDnsLabel(text);

/** `name` or `prefix/name`: the prefix a DNS subdomain, the name at most 63 characters. */
export function isQualifiedName(text: string): boolean {
  const slash = text.indexOf('/');
  const name = text.slice(slash + 1); // with a second slash it is none
  return namePart.test(name) && name.length <= 63 && (slash === -1 || isDnsSubdomain(text.slice(0, slash)));
}

export const isLabelValue = (text: string): boolean => text === '' || (text.length <= 63 && namePart.test(text));

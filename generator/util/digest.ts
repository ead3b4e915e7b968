import { createHash } from 'node:crypto';

/** SHA-256 of a text, hexadecimal. */
export function sha(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** SHA-256 of a text as base64, as `integrity` attributes and Content-Security-Policy have it. */
export function shaBase64(text: string): string {
  return createHash('sha256').update(text).digest('base64');
}

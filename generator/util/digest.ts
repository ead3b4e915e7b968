import { createHash } from 'node:crypto';

/** SHA-256 of a text (as UTF-8) or of bytes, hexadecimal. */
export function sha(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

/** SHA-256 of a text as base64, as `integrity` attributes and Content-Security-Policy have it. */
export function shaBase64(text: string): string {
  return createHash('sha256').update(text).digest('base64');
}

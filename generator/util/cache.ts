import { sha } from './digest.ts';
import type { Store } from '../ports.ts';

/** The result of work, as JSON, kept by all it depends on. */
export async function cached<T>(store: Store, about: readonly unknown[], work: () => T | Promise<T>): Promise<T> {
  const key = sha(JSON.stringify(about));
  const known = store.get(key);
  if (known !== undefined) return JSON.parse(known) as T;
  const value = await work();
  store.put(key, JSON.stringify(value));
  return value;
}

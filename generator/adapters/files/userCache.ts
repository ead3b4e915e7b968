import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where what can be had again is kept, shared by all repositories of this user. */
export function userCache(
  env: (name: string) => string | undefined,
  platform: NodeJS.Platform = process.platform,
): string {
  const own = env('SLIPWAY_CACHE_DIR') ?? '';
  if (own !== '') return own;
  const base = env('XDG_CACHE_HOME') ?? '';
  const usual = (platform === 'win32' ? env('LOCALAPPDATA') : undefined) ?? join(env('HOME') ?? homedir(), '.cache');
  return join(base === '' ? usual : base, 'slipway');
}

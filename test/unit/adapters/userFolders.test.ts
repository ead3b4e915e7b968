import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { helmFolder } from '../../../generator/adapters/charts/credentials.ts';
import { userCache } from '../../../generator/adapters/files/userCache.ts';

describe('folders of the user', () => {
  const windows: Readonly<Record<string, string>> = {
    APPDATA: 'C:/Users/a/AppData/Roaming',
    LOCALAPPDATA: 'C:/Users/a/AppData/Local',
  };
  const unix: Readonly<Record<string, string>> = { HOME: '/home/a' };
  const of = (variables: Readonly<Record<string, string>>) => (name: string) => variables[name];

  it('are those of Helm', () => {
    expect(helmFolder(of(windows), 'win32')).toBe(join('C:/Users/a/AppData/Roaming', 'helm'));
    expect(helmFolder(of(unix), 'linux')).toBe(join('/home/a', '.config/helm'));
    expect(helmFolder(of(unix), 'darwin')).toBe(join('/home/a', 'Library/Preferences/helm'));
    expect(helmFolder(of({ ...unix, APPDATA: '/x' }), 'linux')).toBe(join('/home/a', '.config/helm'));
    for (const platform of ['win32', 'linux'] as const) {
      expect(helmFolder(of({ ...windows, ...unix, XDG_CONFIG_HOME: '/c' }), platform)).toBe(join('/c', 'helm'));
      expect(helmFolder(of({ ...windows, HELM_CONFIG_HOME: '/h' }), platform)).toBe('/h');
    }
  });

  it('are those of the system for what can be had again', () => {
    expect(userCache(of(windows), 'win32')).toBe(join('C:/Users/a/AppData/Local', 'slipway'));
    expect(userCache(of(unix), 'linux')).toBe(join('/home/a', '.cache/slipway'));
    expect(userCache(of({ ...windows, SLIPWAY_CACHE_DIR: '/s' }), 'win32')).toBe('/s');
  });
});

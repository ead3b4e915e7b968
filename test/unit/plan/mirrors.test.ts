import { describe, expect, it } from 'vitest';
import { mirrorOf } from '../../../generator/plan/mirrors.ts';

describe('mirrors of chart repositories', () => {
  const mirrors = {
    'https://charts.jetstack.io': 'oci://registry.example.com/jetstack/',
    'https://charts.example.com/team/': 'https://mirror.example.com/team',
    'https://': 'https://mirror.example.com/all/',
    'oci://ghcr.io/': 'oci://registry.example.com/ghcr.io/',
  };
  it.each([
    ['https://charts.jetstack.io', 'oci://registry.example.com/jetstack'],
    ['https://charts.jetstack.io/', 'oci://registry.example.com/jetstack'],
    ['https://charts.jetstack.io/beta', 'https://mirror.example.com/all/charts.jetstack.io/beta'],
    ['https://charts.example.com/team/a', 'https://mirror.example.com/team/a'],
    ['https://charts.example.com/team', 'https://mirror.example.com/team'],
    ['https://charts.example.com/teams', 'https://mirror.example.com/all/charts.example.com/teams'],
    ['oci://ghcr.io/org/charts', 'oci://registry.example.com/ghcr.io/org/charts'],
    ['oci://quay.io/strimzi-helm', 'oci://quay.io/strimzi-helm'],
  ])('%s is fetched from %s', (repository, mirror) => expect(mirrorOf(repository, mirrors)).toBe(mirror));
});

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { diffTrees } from '../../generator/diff/tree.ts';
import { kindTable } from '../../generator/kubernetes/kindTable.ts';
import type { FleetPage } from '../../generator/report/html/fleet.ts';
import { fleetPage } from '../../generator/report/html/page.ts';
import { waveGraph } from '../../generator/report/html/graph.ts';
import { workspace } from '../helpers/workspace.ts';

const hostile = `</script><script>document.title="owned"</script><img src=x onerror="document.title='owned'">"'&`;

const page = (clusters: number): FleetPage => ({
  version: '1.2.3',
  clusters: Array.from({ length: clusters }, (_, i) => ({
    name: `c${i}`,
    isOk: i !== 1,
    environment: i === 0 ? hostile : 'prod',
    domain: `c${i}.example.com`,
    kubernetes: '1.34',
    catalog: '1.0.0',
    components: [
      {
        name: 'operator',
        capability: 'kafka',
        namespace: 'kafka',
        wave: 1,
        dependsOn: [],
        chart: { name: 'operator', version: `1.${i % 2}.0` },
        delivery: 'chart',
        holdsData: false,
      },
      {
        name: `part-${i}`,
        capability: hostile,
        namespace: 'x',
        wave: 2,
        dependsOn: ['operator'],
        delivery: 'chart',
        holdsData: true,
      },
    ],
  })),
  diagnostics: [
    {
      code: 'schema/type',
      severity: 'error',
      message: hostile,
      hint: hostile,
      cluster: 'c1',
      at: { file: `clusters/c1.yaml`, line: 2, col: 3 },
    },
  ],
  diff: diffTrees(
    [
      {
        path: 'deploy/c0/manifests/operator/configmap-n-m.yaml',
        cluster: 'c0',
        kind: 'modify',
        before: 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: m, namespace: n }\ndata: { replicas: "1" }\n',
        after: `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: m, namespace: n }\ndata: { replicas: "2", evil: ${JSON.stringify(hostile)} }\n`,
      },
    ],
    'main',
    kindTable([]),
  ),
});

describe('the page', () => {
  it('is the same for the same fleet, and holds no data as markup', () => {
    const text = fleetPage(page(3));
    expect(fleetPage(page(3))).toBe(text);
    expect(text.match(/<script/g)).toHaveLength(1);
    expect(text).not.toContain('<img');
    expect(text).not.toMatch(/(?:src|href)="(?!#)/);
    expect(text).not.toMatch(/https?:\/\/|@import|url\(/);
  });

  it('has columns for a few clusters, and rows of versions for many', () => {
    expect(fleetPage(page(3))).toContain('<th scope="col">c2</th>');
    const many = fleetPage(page(40));
    expect(many).not.toContain('<th scope="col">c2</th>');
    expect(many).toContain('c0, c2, c4 and 17 more');
  });

  it('draws no edge that others imply', () => {
    const node = (name: string, wave: number, ...dependsOn: string[]) => ({ name, wave, dependsOn });
    const svg = waveGraph('x', [node('a', 1), node('b', 2, 'a'), node('c', 3, 'a', 'b')]);
    expect(svg.match(/class="edge"/g)).toHaveLength(2);
  });
});

/** Chromium of this machine; `apt-get install chromium` brings it. */
const program = [process.env['SLIPWAY_TEST_BROWSER'], '/usr/bin/chromium', '/usr/bin/google-chrome'].find(
  (p): p is string => p !== undefined && existsSync(p),
);
if (program === undefined)
  process.stdout.write('report.test.ts: no browser (apt-get install chromium, or SLIPWAY_TEST_BROWSER): skipped.\n');

/** Runs in the page: how light its ground is, and the contrast of each text with what is behind it (WCAG 2). */
const measureColors = `(() => {
  const light = (color) => {
    const [r, g, b] = color.match(/[\\d.]+/g).slice(0, 3).map((n) => {
      const c = n / 255;
      return c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element) => {
    for (let at = element; at !== null; at = at.parentElement) {
      const color = getComputedStyle(at).backgroundColor;
      if (color !== 'rgba(0, 0, 0, 0)') return color;
    }
    return 'rgb(255, 255, 255)';
  };
  const texts = [...document.querySelectorAll('h1,h1 small,h2,p,td,th,.tag,.dim,nav a,summary,.tile b,del,ins')];
  const contrasts = texts
    .filter((e) => e.offsetParent !== null && !e.querySelector('.none'))
    .map((e) => {
      const [a, b] = [light(getComputedStyle(e).color), light(behind(e))].sort((x, y) => y - x);
      return (a + 0.05) / (b + 0.05);
    });
  return { ground: light(getComputedStyle(document.body).backgroundColor), contrasts };
})()`;

describe.skipIf(program === undefined)('in a browser', () => {
  let browser: Browser;
  let address: string;
  const trouble: string[] = [];

  beforeAll(async () => {
    const { chromium } = await import('playwright-core');
    browser = await chromium.launch({ executablePath: program ?? '', args: ['--no-sandbox'] });
  });
  afterAll(async () => {
    await browser?.close();
  });

  async function open(colorScheme: 'light' | 'dark', then: (tab: Page) => Promise<void>): Promise<void> {
    const root = workspace({});
    const file = join(root, 'fleet.html');
    writeFileSync(file, fleetPage(page(3)));
    expect(readFileSync(file, 'utf8').length).toBeGreaterThan(0);
    address = pathToFileURL(file).href;
    trouble.length = 0;
    const tab = await browser.newPage({ colorScheme, viewport: { width: 1280, height: 900 } });
    tab.on('console', (m) => trouble.push(`${m.type()}: ${m.text()}`));
    tab.on('pageerror', (e) => trouble.push(String(e)));
    tab.on('request', (r) => r.url() === address || trouble.push(`request: ${r.url()}`));
    await tab.goto(address);
    await then(tab);
    expect(trouble).toEqual([]);
    expect(await tab.title()).toBe('Slipway: 3 clusters');
    await tab.close();
  }

  it('search leaves the rows that hold all words, opens what is folded, and Escape brings all back', async () => {
    await open('light', async (tab) => {
      const rows = tab.locator('[data-row]:visible');
      const all = await rows.count();
      await tab.keyboard.press('/');
      await tab.keyboard.type('c2.example PROD');
      expect(await rows.count()).toBe(1);
      expect(await tab.locator('#matches').textContent()).toBe('1 match');
      expect(await tab.locator('#findings .empty').isVisible()).toBe(true);
      await tab.keyboard.press('Escape');
      expect(await rows.count()).toBe(all);
      await tab.fill('#search', 'data.replicas');
      expect(await tab.locator('#differences details').getAttribute('open')).toBe('');
      await tab.fill('#search', 'nothing like this');
      expect(await rows.count()).toBe(0);
    });
  });

  it('is walked through by keyboard, from the skip link over the search to the parts', async () => {
    await open('light', async (tab) => {
      const seen: string[] = [];
      for (let i = 0; i < 7; i += 1) {
        await tab.keyboard.press('Tab');
        seen.push(
          await tab.evaluate<string>(`document.activeElement.getAttribute('href') ?? document.activeElement.id`),
        );
      }
      expect(seen).toEqual(['#main', 'search', '#differences', '#clusters', '#versions', '#findings', '#waves']);
      await tab.keyboard.press('Tab'); // a table that scrolls
      await tab.keyboard.press('Tab');
      expect(await tab.evaluate<string>('document.activeElement.tagName')).toBe('SUMMARY');
      await tab.keyboard.press('Enter');
      expect(await tab.locator('#differences details').getAttribute('open')).toBe('');
    });
  });

  it('is dark for those who prefer it, readable in both', async () => {
    for (const scheme of ['light', 'dark'] as const)
      await open(scheme, async (tab) => {
        const { ground, contrasts } = await tab.evaluate<{ ground: number; contrasts: number[] }>(measureColors);
        expect(ground > 0.5).toBe(scheme === 'light');
        expect(Math.min(...contrasts)).toBeGreaterThan(4.5);
      });
  });

  it('gives every control a name, every table a caption and every graph its words', async () => {
    await open('light', async (tab) => {
      expect(await tab.locator('table:not(:has(caption))').count()).toBe(0);
      expect(await tab.locator('svg:not([role=img][aria-label])').count()).toBe(0);
      expect(await tab.getByRole('searchbox', { name: 'Search' }).count()).toBe(1);
      expect(await tab.locator('h1').count()).toBe(1);
      const ids = await tab.evaluate<string[]>(`[...document.querySelectorAll('[id]')].map((e) => e.id)`);
      expect(new Set(ids).size).toBe(ids.length);
    });
  });
});

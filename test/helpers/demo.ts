import { join } from 'node:path';
import { casesFolder } from './cases.ts';
import { snapshot } from './workspace.ts';

/** The catalog of the demo fleet (test/cases/_base/demo): one small capability, for tests of the machinery. */
export const demoCatalog: Readonly<Record<string, string>> = Object.fromEntries(
  [...snapshot(join(casesFolder, '_base/demo/catalog'))].map(([path, text]) => [`catalog/${path}`, text]),
);

/** A cluster spec with the least that is needed, and these lines below `spec`. */
export function clusterSpec(name: string, spec: string): string {
  return `apiVersion: slipway.dev/v1alpha1\nkind: Cluster\nmetadata: { name: ${name} }\nspec:\n  domain: ${name}.example.com\n  kubernetes: { version: "1.34" }\n  git: { repoURL: "https://git.example.com/fleet.git" }\n${spec}`;
}

import type { Layer } from './layer.ts';
import type { Need } from './need.ts';
import type { AppliedPatch } from './patch.ts';
import type { SharedSettings } from './sharedSettings.ts';
import type { Source } from './source.ts';
import type { External, KindRules } from './references.ts';
import type { KubernetesObject, ValueMap, Value } from './values.ts';

/** A template of the catalog: `file` relative to the repository root. */
export interface TemplateFile {
  readonly file: string;
  readonly text: string;
}

/** What the templates of a component can bring in. */
export interface TemplateLibrary {
  /** Templates that the components of a capability share, by name. */
  readonly partials: ReadonlyMap<string, TemplateFile>;
  /** Texts of the component and of its capability, by their path below `files/`. */
  readonly files: ReadonlyMap<string, TemplateFile>;
  /** Changes with any of them; empty without any. */
  readonly digest: string;
}

/** An object with nothing to fill in (`manifests/*.json`): read once, and the same in every tree. */
export interface PlainManifest extends TemplateFile {
  readonly object: ValueMap;
}

export interface Chart {
  /** The repository the catalog names. */
  readonly repository: string;
  readonly name: string;
  readonly version: string;
  readonly skipCrds: boolean;
}

/** How a component reaches Argo CD: a chart with values, or what Helm makes of it as plain manifests. */
export type Delivery = 'chart' | 'rendered';

/** A function of a chart whose result differs from one rendering to the next. */
export interface Impure {
  readonly function: string;
  /** What has to be set so that it is not called; undefined: calling it is harmless. */
  readonly value: string | undefined;
}

/** A field that may not change as it likes, as the catalog writes it (docs/catalog.md). */
export interface CatalogGuard {
  readonly kind: string | undefined;
  readonly name: string | undefined;
  readonly field: string;
  readonly match: string | undefined;
  readonly allow: 'increase' | 'nothing';
  readonly endless: readonly (string | number | null)[] | undefined;
  readonly because: string;
  readonly hint: string | undefined;
  /** Pointer below the options of the capability: who has not written it down does not want it to move. */
  readonly option: string | undefined;
  /** CEL, as `when`: the guard does not hold where it is true. */
  readonly unless: string | undefined;
}

/** What is known of one component from its folder alone. */
export interface CatalogComponent extends KindRules {
  readonly name: string;
  readonly capability: string;
  readonly source: Source;
  readonly summary: string;
  readonly when: string | undefined;
  /** Pointer to a list of options: one Application for each item. */
  readonly each: string | undefined;
  readonly chart: Chart | undefined;
  readonly delivery: Delivery;
  readonly release: string;
  readonly namespace: string;
  /** As early as possible, with what it needs, and before everything else. */
  readonly platform: boolean;
  /** Whether later waves wait for it while it is Degraded. */
  readonly blocking: boolean;
  readonly needs: readonly Need[];
  readonly crds: readonly string[];
  /** Findings about it that are accepted: code and name. */
  readonly silence: readonly ValueMap[];
  readonly removal: 'delete' | 'keep';
  readonly dataHolding: boolean;
  /** Fields of its objects and values that may not change as they like. */
  readonly guards: readonly CatalogGuard[];
  readonly impure: readonly Impure[];
  /** Names of Secrets that may stand in git. */
  readonly publicSecrets: readonly string[];
  /** Paths of values (with dots) that may change nothing. */
  readonly withoutEffect: readonly string[];
  readonly syncOptions: readonly string[];
  readonly ignoreDifferences: readonly ValueMap[];
  readonly health: readonly ValueMap[];
  readonly values: TemplateFile | undefined;
  readonly manifests: readonly TemplateFile[];
  readonly plain: readonly PlainManifest[];
  readonly argocd: readonly TemplateFile[];
  readonly contributes: TemplateFile | undefined;
  readonly library: TemplateLibrary;
}

export interface Rule {
  readonly rule: string;
  readonly when: string | undefined;
  /** Pointer to a list, `*` for items on the way: the rule is asked for each item. */
  readonly each: string | undefined;
  readonly path: string;
  readonly message: string;
  readonly hint: string | undefined;
  readonly severity: 'error' | 'warning';
}

export interface Provision {
  readonly contract: string;
  readonly by: string;
  readonly when: string | undefined;
  readonly value: Value;
}

export interface Requirement {
  readonly contract: string;
  readonly optional: boolean;
  readonly when: string | undefined;
  readonly for: readonly string[] | undefined;
  readonly reason: string;
}

export interface Capability {
  readonly name: string;
  readonly source: Source;
  readonly summary: string;
  /** The option that is written at `spec.<list>` instead of below `spec.capabilities`. */
  readonly list: string | undefined;
  /** Option schema with `additionalProperties: false` written out. */
  readonly options: ValueMap;
  readonly rules: readonly Rule[];
  readonly provides: readonly Provision[];
  readonly requires: readonly Requirement[];
  readonly components: readonly CatalogComponent[];
}

/** A package by the name its catalog gives it: never a mirror's. */
export interface LockedChart {
  readonly repository: string;
  readonly name: string;
  readonly version: string;
  /** SHA-256 of the package, hex. */
  readonly digest: string;
}

/** The whole catalog, from the working tree or from a git tag. */
export interface Catalog {
  /** `undefined`: the working tree; otherwise the pinned tag. */
  readonly pin: string | undefined;
  /** SHA-256 over every file of the catalog and of custom/. */
  readonly digest: string;
  readonly version: string;
  readonly minimumKubernetes: string;
  /** The newest minor version that it installs on, where the catalog says so. */
  readonly maximumKubernetes: string | undefined;
  /** Minor versions it is tested with; empty when it names none. */
  readonly testedKubernetes: readonly string[];
  /** The Argo CD it installs, and the Helm that renders charts there; undefined where an older catalog does not say. */
  readonly argocd: { readonly version: string; readonly helm: string | undefined };
  readonly source: Source;
  readonly defaults: ValueMap;
  /** What the distributions bring, by the name a spec calls them. */
  readonly distributions: ReadonlyMap<string, Distribution>;
  readonly capabilities: ReadonlyMap<string, Capability>;
  readonly components: ReadonlyMap<string, CatalogComponent>;
  /** What it says of kinds: its components, and what belongs to none of them. */
  readonly kinds: KindRules;
  /** What its catalog.lock says; undefined without one. */
  readonly lock: readonly LockedChart[] | undefined;
}

/** What nodes may bring by themselves; the key of a spec that says it is the same. */
export type FactName =
  | 'network.loadBalancer'
  | 'network.ingress'
  | 'network.gatewayAPI'
  | 'network.policies'
  | 'storage.default'
  | 'kubernetes.metricsServer'
  | 'kubernetes.kubeletCertificates'
  | 'kubernetes.controlPlaneMetrics';

export interface DistributionFact {
  /** `none` where nothing is. */
  readonly value: string;
  /** Last Kubernetes version (major.minor) it is true of. */
  readonly until?: string;
  /** The fact without which it is not there. */
  readonly with?: string;
  /** URL of where it is written. */
  readonly source: string;
}

/** What the nodes of a distribution bring at its default settings. */
export interface Distribution {
  readonly title: string;
  readonly facts: Readonly<Record<FactName, readonly DistributionFact[]>>;
  /** Objects it puts into every cluster. */
  readonly objects: readonly { readonly kind: string; readonly name: string }[];
  /** How what it brings is switched off, by fact. */
  readonly remedies: Readonly<Record<string, string>>;
}

/** What is true of one cluster: a value, `none` or `unknown`. */
export type ClusterFacts = Readonly<Record<FactName, string>>;

export interface ClusterInfo extends ValueMap {
  readonly name: string;
  readonly domain: string;
  readonly labels: ValueMap;
  readonly environment: string | null;
  readonly kubernetes: {
    readonly version: string;
    readonly distribution: string;
    readonly metricsServer: string;
    readonly kubeletCertificates: string;
    readonly controlPlaneMetrics: string;
  };
  readonly network: {
    readonly loadBalancer: string;
    readonly ingress: string;
    readonly gatewayAPI: string;
    readonly policies: string;
  };
  readonly storage: { readonly default: string };
  readonly git: {
    readonly repoURL: string;
    /** Of the server, without user and port; empty for a file. */
    readonly host: string;
    readonly branch: string;
    readonly path: string;
  };
  readonly argocd: { readonly namespace: string; readonly hub: string | null; readonly destination: ValueMap };
}

export interface ResolvedCapability {
  readonly capability: Capability;
  readonly options: ValueMap;
}

export interface ResolvedContract {
  readonly contract: string;
  readonly by: string;
  readonly capability: string;
  readonly value: Value;
}

/** A cluster spec merged with its environments and the catalog, every option filled in. */
export interface ResolvedCluster {
  readonly name: string;
  readonly source: Source;
  readonly catalog: Catalog;
  readonly info: ClusterInfo;
  readonly layers: readonly Layer[];
  readonly merged: ValueMap;
  readonly capabilities: ReadonlyMap<string, ResolvedCapability>;
  readonly contracts: ReadonlyMap<string, ResolvedContract>;
  readonly tenants: readonly Value[];
  readonly enabled: ValueMap;
  readonly overrides: ValueMap;
  /** What is in the cluster without this repository. */
  readonly externals: readonly External[];
}

export interface PlannedChart extends Chart {
  /** SHA-256 of the package, hex, where the catalog's lock knows it. */
  readonly digest: string | undefined;
  /** Where Argo CD fetches it: the repository, or its mirror. */
  readonly fetchFrom: string;
}

/** Everything needed to render one component, nothing to look up again. */
export interface ComponentPlan {
  /** The component's name; with `each` followed by that of the item. */
  readonly name: string;
  readonly component: CatalogComponent;
  readonly chart: PlannedChart | undefined;
  /** Always chart without one. */
  readonly delivery: Delivery;
  /** Rendered: the Application of its own that the chart's definitions get, in an earlier wave. */
  readonly definitions: { readonly name: string; readonly wave: number } | undefined;
  readonly release: string;
  readonly namespace: string;
  readonly wave: number;
  readonly dependsOn: readonly string[];
  readonly overrideValues: ValueMap | undefined;
  readonly syncOptions: readonly string[];
  /** Whether its objects go with its Application: what the spec says, or else the catalog. */
  readonly removal: CatalogComponent['removal'];
  /** The spec agrees that what holds data goes too. */
  readonly losesData: boolean;
  readonly context: ValueMap;
}

export interface SecretExpectation {
  readonly component: string;
  readonly name: string;
  readonly namespace: string;
  readonly type: string;
  readonly keys: readonly string[];
  /** Keys whose value is public (a user name), with it. */
  readonly fixed: Readonly<Record<string, string>>;
  readonly labels: ValueMap;
  readonly purpose: string;
  readonly source: 'store' | 'generated' | 'by hand';
  /** Needed before the store is there: its first copy is made by hand, and the store's replaces it. */
  readonly isNeededFirst: boolean;
}

export interface ClusterPlan {
  readonly cluster: ResolvedCluster;
  readonly components: readonly ComponentPlan[];
  readonly namespaces: readonly NamespacePlan[];
  readonly secrets: readonly SecretExpectation[];
  readonly sharedSettings: SharedSettings;
}

export interface NamespacePlan {
  readonly name: string;
  readonly owner: string;
  readonly labels: ValueMap;
  readonly annotations: ValueMap;
}

/** One object of the tree and who rendered it. */
export interface TreeObject {
  readonly path: string;
  readonly component: string;
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string | undefined;
  readonly name: string;
  readonly object: KubernetesObject;
  readonly template: TemplateFile | PlainManifest | undefined;
  /** Patches of the spec that changed it, in their order; absent without any. */
  readonly patches?: readonly AppliedPatch[];
}

/** The generated files of one cluster: path relative to `deploy/<cluster>/` → text. */
export interface RenderedTree {
  readonly cluster: string;
  readonly files: ReadonlyMap<string, string>;
  readonly objects: readonly TreeObject[];
  /** Patches of the spec, by the path of the file that they changed. */
  readonly patched: ReadonlyMap<string, readonly AppliedPatch[]>;
  readonly lock: TreeLock;
}

export interface LockedComponent {
  readonly chart?: string;
  readonly repository?: string;
  readonly version?: string;
  readonly delivery?: Delivery;
  /** SHA-256 of the chart's package, hex, where the catalog's lock knows it. */
  readonly digest?: string;
  readonly dataHolding?: boolean;
}

/** What `tree.lock` records: no time, no user, no host. */
export interface TreeLock {
  readonly version: 1;
  readonly cluster: string;
  readonly catalog: { readonly version: string; readonly pin?: string };
  readonly components: Readonly<Record<string, LockedComponent>>;
  readonly files: Readonly<Record<string, string>>;
}

/** One file to write or remove, path relative to the repository root. */
export interface Change {
  readonly path: string;
  readonly cluster: string;
  readonly kind: 'add' | 'modify' | 'delete';
  readonly before: string | undefined;
  readonly after: string | undefined;
}

/** Files of the catalog and of `custom/`: path relative to the repository root → text. */
export type CatalogFiles = ReadonlyMap<string, string>;

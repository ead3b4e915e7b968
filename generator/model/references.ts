/** Where objects name others, as data. A kind is `group/Kind`, or `Kind` alone in the core group. */
export interface ReferenceRule {
  /** Kinds it holds for; without it, every kind that has the member `member` anywhere. */
  readonly from?: readonly string[];
  /** Name of the member, at any depth of these kinds; `at` is then below it. */
  readonly member?: string;
  /** JSON pointer with `*` for every item: to the text that is the name, or to the map that holds it. */
  readonly at: string;
  /** Kind that is named. With `kindAt` it is the one to assume where the map names none. */
  readonly to: string;
  /** Members of the map that name the kind and its group, or its apiVersion. */
  readonly kindAt?: string | undefined;
  readonly groupAt?: string | undefined;
  readonly apiVersionAt?: string | undefined;
  /** Member that holds the name; `name` without it. */
  readonly nameAt?: string | undefined;
  /** Pointer below the map to the key that has to be there, `*` for every item. */
  readonly keyAt?: string;
  /** Member that holds the namespace; else it is that of the object. */
  readonly namespaceAt?: string | undefined;
}

/** What an object has to have, and must not have: JSON pointers, with `*` for any item and `=value` for just that value. */
export interface Conditions {
  readonly with: readonly string[];
  readonly without: readonly string[];
}

/** A key with pointers in braces, and when it is there. `*`: any key. */
export interface MadeKey extends Conditions {
  readonly key: string;
}

/** What a controller makes of an object, as data: names hold pointers into it, `{/metadata/name}-app`. */
export interface MakesRule extends Conditions {
  /** Kind of the object it is made of; without it the thing is there with the component. */
  readonly for: string | undefined;
  readonly kind: string;
  /** Pointer to a map with apiVersion and kind, which then is the kind. */
  readonly kindAt: string | undefined;
  /** A name, with pointers in braces (fill in yaml/pointer.ts) or globs; `*` in a pointer gives one name for each item. */
  readonly name: string;
  /** Namespace, `*` for all; that of the object without it. */
  readonly namespace: string | undefined;
  /** Keys it has; undefined: not known, any. */
  readonly keys: readonly MadeKey[] | undefined;
}

/** What else is to know of a kind. */
export interface KindFacts {
  /** `group/Kind`, or `group/*` for all kinds of a group. */
  readonly kind: string;
  readonly clusterWide?: boolean | undefined;
  /** true: its objects hold data; false: they hold none, even where their component does. */
  readonly data?: boolean | undefined;
  /** Argo CD leaves its objects alone. */
  readonly excluded?: boolean | undefined;
  /** Pointer to the host names that its objects take on a gateway. */
  readonly hostsAt?: string | readonly string[] | undefined;
  /** Pointer to the names of its parts, which `keyAt` of a reference may name. */
  readonly partsAt?: string | undefined;
  /** Kinds (`*`: all) that a cluster-wide object names and that are looked up where the object is used. */
  readonly usedElsewhere?: readonly string[] | undefined;
}

/** A row of a list for each object of a kind. */
export interface ListRule {
  /** `topics` */
  readonly list: string;
  /** `group/Kind` */
  readonly of: string;
  /** Name → JSON pointers into the object, parted by `|`: the first counts that leads to something. */
  readonly columns: Readonly<Record<string, string>>;
}

/** What is said of kinds: by one component, or by a whole catalog. */
export interface KindRules {
  readonly makes: readonly MakesRule[];
  readonly references: readonly ReferenceRule[];
  readonly kinds: readonly KindFacts[];
  readonly lists: readonly ListRule[];
}

/** A thing that is there, or will be. */
export interface Offered {
  readonly kind: string;
  /** Empty: cluster-wide; `*`: in every namespace. */
  readonly namespace: string;
  /** May hold `*`. */
  readonly name: string;
  /** Undefined: not known. */
  readonly keys?: readonly string[] | undefined;
}

/** Something that is there without this repository; namespace and name may hold `*`. */
export interface External {
  readonly kind: string;
  readonly namespace: string | undefined;
  readonly name: string;
}

/**
 * Parsed files of the schemas folder: `kubernetes/v<minor>.json` has `{kinds: {"<apiVersion>/<Kind>": {scope, $ref}}, $defs}`,
 * `crds/<group>/<Kind>_<version>.json` has `{gvk, scope, shape}` (see schemaImport.ts).
 */
export interface ShapeSource {
  kubernetes(minor: string): unknown;
  crd(group: string, version: string, kind: string): unknown;
  /** Where shapes are looked for, in this order; without it in the files above and nowhere else. */
  readonly places?: readonly ShapePlace[];
}

/** `default` is the files of a ShapeSource; other places have JSON schemas as kubeconform reads them. */
export type ShapePlace = 'default' | { schema(apiVersion: string, kind: string, minor: string): unknown };

/** One thing that is wrong. The message continues a sentence that starts with the place: "spec.replicas has to be …". */
export interface ShapeProblem {
  /** JSON pointer of the value in the object; of the field itself when it is unknown, of the map when a field is missing. */
  readonly pointer: string;
  /** The keyword of JSON Schema that failed. */
  readonly keyword: string;
  readonly message: string;
  readonly suggestion?: string;
}

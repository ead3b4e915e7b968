/** A file of a bundle: text, or a copy of a file of this machine. */

export type BundleEntry = { readonly text: string } | { readonly copy: string };

/** Names of clusters, components and namespaces are DNS labels (RFC 1123). */
export function isDnsLabel(text: string): boolean {
  return /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(text);
}

/** The tree that holds the roots of hubs, deploy/fleet/; no cluster has its name. */
export const fleetTree = 'fleet';

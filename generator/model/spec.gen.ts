// Generated from schemas/ by `npm run generate`. Do not edit.

export namespace ClusterSpecFormat {
export interface ClusterSpec {
  /**
   * Version of the format.
   */
  apiVersion: "slipway.dev/v1alpha1";
  /**
   * Kind of the document.
   */
  kind: "Cluster";
  metadata: {
    /**
     * DNS label: lower-case letters, digits and -, at most 63 characters.
     */
    name: string;
    /**
     * Free labels, for selecting clusters on the command line.
     */
    labels?: {
      [k: string]: string;
    };
  };
  /**
   * What the cluster is to be.
   */
  spec: {
    /**
     * Environment whose settings this cluster starts from: a file of environments/.
     */
    environment?: string;
    /**
     * DNS domain of the cluster; services get names below it.
     */
    domain?: string;
    /**
     * Another version of the catalog: that of the first one in slipway.yaml, <name>@<version> of another one, or a git tag of this repository with a folder catalog/.
     */
    catalog?: string;
    /**
     * The cluster's Kubernetes.
     */
    kubernetes?: {
      /**
       * Kubernetes version, major.minor or major.minor.patch, quoted.
       */
      version?: string;
      /**
       * Distribution the nodes run. generic: nothing is known of it, and nothing is checked. OpenShift is not among them: it refuses definitions of Gateway API that are not its own, and the user ids of many charts.
       */
      distribution?: "generic" | "kubeadm" | "rke2" | "k3s" | "kind" | "talos" | "eks" | "gke" | "aks";
      /**
       * Who signs the serving certificates of the kubelets, where it differs from the distribution: the cluster's CA (serverTLSBootstrap and an approver) or each kubelet itself.
       */
      kubeletCertificates?: "signed" | "selfSigned";
      /**
       * Where the metrics of scheduler, controller manager and etcd are to be had, where it differs from the distribution: on the nodes' addresses, on localhost only, or nowhere.
       */
      controlPlaneMetrics?: "exposed" | "localhost" | "none";
    };
    /**
     * What the cluster's network has, where it differs from what the distribution brings (docs/distributions.md).
     */
    network?: {
      /**
       * What gives Services of type LoadBalancer their addresses: cloud, servicelb, cilium, kube-vip … MetalLB of edge is known already. none: nothing.
       */
      loadBalancer?: string;
      /**
       * Ingress controller that came with the nodes and listens on their ports 80 and 443. none: it is switched off.
       */
      ingress?: string;
      /**
       * What brought definitions of Gateway API beside edge. none: nothing.
       */
      gatewayAPI?: string;
      /**
       * Whether the network add-on enforces NetworkPolicies.
       */
      policies?: "enforced" | "none";
    };
    /**
     * Storage of the cluster, where it differs from what the distribution brings.
     */
    storage?: {
      /**
       * Name of the default StorageClass. none: there is none, so that every volume has to name its class.
       */
      default?: string;
    };
    /**
     * Where Argo CD reads the tree from.
     */
    git?: {
      /**
       * URL Argo CD clones this repository from.
       */
      repoURL?: string;
      /**
       * Branch that Argo CD follows.
       */
      branch?: string;
      /**
       * Folder of this repository inside the git repository, when it is not the top.
       */
      path?: string;
    };
    /**
     * The Argo CD that reconciles this cluster.
     */
    argocd?: {
      /**
       * Namespace of Argo CD.
       */
      namespace?: string;
      /**
       * Cluster whose Argo CD manages this one; without it this cluster runs its own.
       */
      hub?: string;
      /**
       * Where Argo CD finds this cluster: a name or a server. Default: the cluster that Argo CD runs in; with a hub, the name of this cluster.
       */
      destination?: {
        /**
         * Name of the cluster as Argo CD knows it.
         */
        name?: string;
        /**
         * URL of the cluster's API server.
         */
        server?: string;
      };
    };
    /**
     * Where charts are fetched from.
     */
    charts?: {
      /**
       * Chart repository to the mirror that is used instead, http(s)://, oci:// or git+https://. A key that ends with / is a prefix; the longest one that matches wins.
       */
      mirrors?: {
        [k: string]: string;
      };
    };
    /**
     * How a component reaches Argo CD: chart (an Application with the chart and its values) or rendered (plain manifests in the tree, made by Helm). For all components that do not say otherwise.
     */
    delivery?: "chart" | "rendered";
    /**
     * What is in the cluster without this repository, and may be named by it: storage classes of the provider, Secrets of a controller. Those of the environments and of the cluster count together; null takes away what an environment declares.
     */
    externals?: {
      /**
       * group/Kind, or Kind alone in the core group. For the definition of a custom kind: apiextensions.k8s.io/CustomResourceDefinition, with group/Kind as its name.
       */
      kind: string;
      /**
       * Its namespace, with * for any text; absent for cluster-wide kinds.
       */
      namespace?: string;
      /**
       * Its name, with * for any text.
       */
      name: string;
      /**
       * Who puts it there.
       */
      reason: string;
    }[];
    /**
     * Findings that are known and accepted. Those of the environments and of the cluster count together; null takes away what an environment silences.
     */
    silence?: {
      /**
       * Code of the finding (docs/argocd-rules.md lists those that can be silenced).
       */
      code: string;
      /**
       * Only in components of this name, with * for any text.
       */
      component?: string;
      /**
       * Only about objects of this name, or that name this one, with * for any text.
       */
      name?: string;
      /**
       * Why it is right as it is.
       */
      reason: string;
    }[];
    /**
     * How many Applications one run may remove without --allow-delete; what holds data always asks.
     */
    deletionBudget?: number;
    /**
     * Consent to removals, as --allow-delete, for what is named and with the reason, which `slipway commit` writes into its message. Take an entry out again once the removal is committed.
     */
    deletions?: {
      /**
       * Component whose Application and objects may go; namespaces for a Namespace.
       */
      component: string;
      /**
       * Only objects of this kind.
       */
      kind?: string;
      /**
       * Only objects of this name.
       */
      name?: string;
      /**
       * Why, in one line.
       */
      reason: string;
    }[];
    /**
     * Consent to changes of guarded fields (what the program behind them refuses, ignores or loses data with), with the reason, which `slipway commit` writes into its message. Take an entry out again once the change is committed.
     */
    acceptedChanges?: {
      /**
       * Component whose objects or values may change.
       */
      component: string;
      /**
       * Only objects of this kind.
       */
      kind?: string;
      /**
       * Only objects of this name.
       */
      name?: string;
      /**
       * Only this field, as the finding writes it; [*] is any item of a list, * any key.
       */
      field?: string;
      /**
       * Why, in one line.
       */
      reason: string;
    }[];
    /**
     * What this cluster is to have: capability name to its options; null switches off what an environment switched on.
     */
    capabilities?: {
      [k: string]: {} | null;
    };
    /**
     * Teams that share the cluster.
     */
    tenants?: {}[];
    /**
     * Added to tenants of the layers below; tenants with the same name are merged.
     *
     * @minItems 1
     */
    "+tenants"?: [{}, ...{}[]];
    /**
     * Per component: version, values, patches and more, applied last.
     */
    components?: {
      /**
       * The escape hatch of one component, applied last.
       */
      [k: string]: {
        /**
         * Another exact chart version.
         */
        version?: string;
        /**
         * Another chart repository, in any form that a component of the catalog may name; mirrors do not apply to it.
         */
        repository?: string;
        /**
         * Another destination namespace.
         */
        namespace?: string;
        /**
         * How a component reaches Argo CD: chart (an Application with the chart and its values) or rendered (plain manifests in the tree, made by Helm).
         */
        delivery?: "chart" | "rendered";
        /**
         * false leaves the component out.
         */
        enabled?: boolean;
        /**
         * Helm values, merged over those of the catalog; null removes the chart's default.
         */
        values?: {
          [k: string]: unknown;
        };
        /**
         * Further Argo CD sync options.
         */
        syncOptions?: string[];
        /**
         * What happens to its objects when the component leaves the cluster, in place of what the catalog says. delete is the consent to lose its data: sync it before the component is taken out.
         */
        removal?: "delete" | "keep";
        /**
         * Patches of the objects that the component renders: those of its manifests, or of a chart that is delivered rendered (docs/components.md). Those of the environments and of the cluster count together, in this order; null takes away what an environment patches.
         */
        patches?: {
          /**
           * The objects of the component that the patch is for. One that matches none is an error.
           */
          target: {
            /**
             * group/Kind, or Kind alone in the core group.
             */
            kind: string;
            /**
             * Its name, with * for any text.
             */
            name: string;
            /**
             * Its namespace, with * for any text; without it any, and cluster-wide objects.
             */
            namespace?: string;
            /**
             * Labels that it has to have.
             */
            labels?: {
              [k: string]: string;
            };
          };
          /**
           * Strategic merge patch: maps merge, null removes, lists merge by the keys of their schema ($patch: delete removes an entry), other lists are replaced.
           */
          merge?: {
            [k: string]: unknown;
          };
          /**
           * Operations of RFC 6902, all or none. An operation test makes sure of what the others rely on.
           *
           * @minItems 1
           */
          jsonPatch?: [
            {
              /**
               * What to do.
               */
              op: "add" | "remove" | "replace" | "move" | "copy" | "test";
              /**
               * JSON pointer in the object; - stands for the end of a list.
               */
              path: string;
              /**
               * Where move and copy take the value from.
               */
              from?: string;
              /**
               * The value of add, replace and test.
               */
              value?: {
                [k: string]: unknown;
              };
            },
            ...{
              /**
               * What to do.
               */
              op: "add" | "remove" | "replace" | "move" | "copy" | "test";
              /**
               * JSON pointer in the object; - stands for the end of a list.
               */
              path: string;
              /**
               * Where move and copy take the value from.
               */
              from?: string;
              /**
               * The value of add, replace and test.
               */
              value?: {
                [k: string]: unknown;
              };
            }[]
          ];
          /**
           * Why the patch is needed, for whoever reads it later.
           */
          reason?: string;
          /**
           * Consent to a patch that changes what somebody may do (roles, policies, quotas, service accounts, security contexts), with the reason in one line.
           */
          rights?: string;
        }[];
      };
    };
  };
}
}

export namespace EnvironmentSpecFormat {
export interface EnvironmentSpec {
  /**
   * Version of the format.
   */
  apiVersion: "slipway.dev/v1alpha1";
  /**
   * Kind of the document.
   */
  kind: "Environment";
  metadata: {
    /**
     * DNS label: lower-case letters, digits and -, at most 63 characters.
     */
    name: string;
  };
  /**
   * Shared settings of many clusters.
   */
  spec: {
    /**
     * Environment to start from.
     */
    extends?: string;
    /**
     * Options of capabilities, for clusters that enable them; does not enable anything.
     */
    defaults?: {
      [k: string]: unknown;
    };
    /**
     * DNS domain of the cluster; services get names below it.
     */
    domain?: string;
    /**
     * Another version of the catalog: that of the first one in slipway.yaml, <name>@<version> of another one, or a git tag of this repository with a folder catalog/.
     */
    catalog?: string;
    /**
     * The cluster's Kubernetes.
     */
    kubernetes?: {
      /**
       * Kubernetes version, major.minor or major.minor.patch, quoted.
       */
      version?: string;
      /**
       * Distribution the nodes run. generic: nothing is known of it, and nothing is checked. OpenShift is not among them: it refuses definitions of Gateway API that are not its own, and the user ids of many charts.
       */
      distribution?: "generic" | "kubeadm" | "rke2" | "k3s" | "kind" | "talos" | "eks" | "gke" | "aks";
      /**
       * Who signs the serving certificates of the kubelets, where it differs from the distribution: the cluster's CA (serverTLSBootstrap and an approver) or each kubelet itself.
       */
      kubeletCertificates?: "signed" | "selfSigned";
      /**
       * Where the metrics of scheduler, controller manager and etcd are to be had, where it differs from the distribution: on the nodes' addresses, on localhost only, or nowhere.
       */
      controlPlaneMetrics?: "exposed" | "localhost" | "none";
    };
    /**
     * What the cluster's network has, where it differs from what the distribution brings (docs/distributions.md).
     */
    network?: {
      /**
       * What gives Services of type LoadBalancer their addresses: cloud, servicelb, cilium, kube-vip … MetalLB of edge is known already. none: nothing.
       */
      loadBalancer?: string;
      /**
       * Ingress controller that came with the nodes and listens on their ports 80 and 443. none: it is switched off.
       */
      ingress?: string;
      /**
       * What brought definitions of Gateway API beside edge. none: nothing.
       */
      gatewayAPI?: string;
      /**
       * Whether the network add-on enforces NetworkPolicies.
       */
      policies?: "enforced" | "none";
    };
    /**
     * Storage of the cluster, where it differs from what the distribution brings.
     */
    storage?: {
      /**
       * Name of the default StorageClass. none: there is none, so that every volume has to name its class.
       */
      default?: string;
    };
    /**
     * Where Argo CD reads the tree from.
     */
    git?: {
      /**
       * URL Argo CD clones this repository from.
       */
      repoURL?: string;
      /**
       * Branch that Argo CD follows.
       */
      branch?: string;
      /**
       * Folder of this repository inside the git repository, when it is not the top.
       */
      path?: string;
    };
    /**
     * The Argo CD that reconciles this cluster.
     */
    argocd?: {
      /**
       * Namespace of Argo CD.
       */
      namespace?: string;
      /**
       * Cluster whose Argo CD manages this one; without it this cluster runs its own.
       */
      hub?: string;
      /**
       * Where Argo CD finds this cluster: a name or a server. Default: the cluster that Argo CD runs in; with a hub, the name of this cluster.
       */
      destination?: {
        /**
         * Name of the cluster as Argo CD knows it.
         */
        name?: string;
        /**
         * URL of the cluster's API server.
         */
        server?: string;
      };
    };
    /**
     * Where charts are fetched from.
     */
    charts?: {
      /**
       * Chart repository to the mirror that is used instead, http(s)://, oci:// or git+https://. A key that ends with / is a prefix; the longest one that matches wins.
       */
      mirrors?: {
        [k: string]: string;
      };
    };
    /**
     * How a component reaches Argo CD: chart (an Application with the chart and its values) or rendered (plain manifests in the tree, made by Helm). For all components that do not say otherwise.
     */
    delivery?: "chart" | "rendered";
    /**
     * What is in the cluster without this repository, and may be named by it: storage classes of the provider, Secrets of a controller. Those of the environments and of the cluster count together; null takes away what an environment declares.
     */
    externals?: {
      /**
       * group/Kind, or Kind alone in the core group. For the definition of a custom kind: apiextensions.k8s.io/CustomResourceDefinition, with group/Kind as its name.
       */
      kind: string;
      /**
       * Its namespace, with * for any text; absent for cluster-wide kinds.
       */
      namespace?: string;
      /**
       * Its name, with * for any text.
       */
      name: string;
      /**
       * Who puts it there.
       */
      reason: string;
    }[];
    /**
     * Findings that are known and accepted. Those of the environments and of the cluster count together; null takes away what an environment silences.
     */
    silence?: {
      /**
       * Code of the finding (docs/argocd-rules.md lists those that can be silenced).
       */
      code: string;
      /**
       * Only in components of this name, with * for any text.
       */
      component?: string;
      /**
       * Only about objects of this name, or that name this one, with * for any text.
       */
      name?: string;
      /**
       * Why it is right as it is.
       */
      reason: string;
    }[];
    /**
     * How many Applications one run may remove without --allow-delete; what holds data always asks.
     */
    deletionBudget?: number;
    /**
     * Consent to removals, as --allow-delete, for what is named and with the reason, which `slipway commit` writes into its message. Take an entry out again once the removal is committed.
     */
    deletions?: {
      /**
       * Component whose Application and objects may go; namespaces for a Namespace.
       */
      component: string;
      /**
       * Only objects of this kind.
       */
      kind?: string;
      /**
       * Only objects of this name.
       */
      name?: string;
      /**
       * Why, in one line.
       */
      reason: string;
    }[];
    /**
     * Consent to changes of guarded fields (what the program behind them refuses, ignores or loses data with), with the reason, which `slipway commit` writes into its message. Take an entry out again once the change is committed.
     */
    acceptedChanges?: {
      /**
       * Component whose objects or values may change.
       */
      component: string;
      /**
       * Only objects of this kind.
       */
      kind?: string;
      /**
       * Only objects of this name.
       */
      name?: string;
      /**
       * Only this field, as the finding writes it; [*] is any item of a list, * any key.
       */
      field?: string;
      /**
       * Why, in one line.
       */
      reason: string;
    }[];
    /**
     * What this cluster is to have: capability name to its options; null switches off what an environment switched on.
     */
    capabilities?: {
      [k: string]: {} | null;
    };
    /**
     * Teams that share the cluster.
     */
    tenants?: {}[];
    /**
     * Added to tenants of the layers below; tenants with the same name are merged.
     *
     * @minItems 1
     */
    "+tenants"?: [{}, ...{}[]];
    /**
     * Per component: version, values, patches and more, applied last.
     */
    components?: {
      /**
       * The escape hatch of one component, applied last.
       */
      [k: string]: {
        /**
         * Another exact chart version.
         */
        version?: string;
        /**
         * Another chart repository, in any form that a component of the catalog may name; mirrors do not apply to it.
         */
        repository?: string;
        /**
         * Another destination namespace.
         */
        namespace?: string;
        /**
         * How a component reaches Argo CD: chart (an Application with the chart and its values) or rendered (plain manifests in the tree, made by Helm).
         */
        delivery?: "chart" | "rendered";
        /**
         * false leaves the component out.
         */
        enabled?: boolean;
        /**
         * Helm values, merged over those of the catalog; null removes the chart's default.
         */
        values?: {
          [k: string]: unknown;
        };
        /**
         * Further Argo CD sync options.
         */
        syncOptions?: string[];
        /**
         * What happens to its objects when the component leaves the cluster, in place of what the catalog says. delete is the consent to lose its data: sync it before the component is taken out.
         */
        removal?: "delete" | "keep";
        /**
         * Patches of the objects that the component renders: those of its manifests, or of a chart that is delivered rendered (docs/components.md). Those of the environments and of the cluster count together, in this order; null takes away what an environment patches.
         */
        patches?: {
          /**
           * The objects of the component that the patch is for. One that matches none is an error.
           */
          target: {
            /**
             * group/Kind, or Kind alone in the core group.
             */
            kind: string;
            /**
             * Its name, with * for any text.
             */
            name: string;
            /**
             * Its namespace, with * for any text; without it any, and cluster-wide objects.
             */
            namespace?: string;
            /**
             * Labels that it has to have.
             */
            labels?: {
              [k: string]: string;
            };
          };
          /**
           * Strategic merge patch: maps merge, null removes, lists merge by the keys of their schema ($patch: delete removes an entry), other lists are replaced.
           */
          merge?: {
            [k: string]: unknown;
          };
          /**
           * Operations of RFC 6902, all or none. An operation test makes sure of what the others rely on.
           *
           * @minItems 1
           */
          jsonPatch?: [
            {
              /**
               * What to do.
               */
              op: "add" | "remove" | "replace" | "move" | "copy" | "test";
              /**
               * JSON pointer in the object; - stands for the end of a list.
               */
              path: string;
              /**
               * Where move and copy take the value from.
               */
              from?: string;
              /**
               * The value of add, replace and test.
               */
              value?: {
                [k: string]: unknown;
              };
            },
            ...{
              /**
               * What to do.
               */
              op: "add" | "remove" | "replace" | "move" | "copy" | "test";
              /**
               * JSON pointer in the object; - stands for the end of a list.
               */
              path: string;
              /**
               * Where move and copy take the value from.
               */
              from?: string;
              /**
               * The value of add, replace and test.
               */
              value?: {
                [k: string]: unknown;
              };
            }[]
          ];
          /**
           * Why the patch is needed, for whoever reads it later.
           */
          reason?: string;
          /**
           * Consent to a patch that changes what somebody may do (roles, policies, quotas, service accounts, security contexts), with the reason in one line.
           */
          rights?: string;
        }[];
      };
    };
  };
}
}

export namespace FleetFileFormat {
export interface FleetFile {
  /**
   * Version of the format.
   */
  apiVersion: "slipway.dev/v1alpha1";
  /**
   * Kind of the document.
   */
  kind: "Fleet";
  /**
   * What the clusters of this repository are made from.
   */
  spec: {
    /**
     * Catalogs in order: later ones add to earlier ones. Without it the catalog that comes with the program is used.
     */
    catalogs?: {
      /**
       * What it is called here; by default the last part of its source.
       */
      name?: string;
      /**
       * npm:<package>@<version>, git:<url>[//folder]@<tag>, oci://<host>/<path>@sha256:<digest>, or ./<folder> of this repository.
       */
      source: string;
      /**
       * For a folder: the source that it was copied from, which slipway upgrade merges changes of.
       */
      base?: string;
      /**
       * Components and capabilities of earlier catalogs that this one has in their place.
       */
      overrides?: string[];
    }[];
    /**
     * The folder custom/ of this repository, which comes after all catalogs.
     */
    custom?: {
      /**
       * Components and capabilities of catalogs that custom/ has in their place.
       */
      overrides?: string[];
    };
  };
}
}

export namespace CatalogFileFormat {
export interface CatalogFile {
  /**
   * Version of the format.
   */
  apiVersion: "slipway.dev/v1alpha1";
  /**
   * Kind of the document.
   */
  kind: "Catalog";
  metadata: {
    /**
     * DNS label: lower-case letters, digits and -, at most 63 characters.
     */
    name: string;
  };
  spec: {
    /**
     * Version of the catalog as a whole.
     */
    version: string;
    /**
     * Versions of Slipway that it works with, as a range of semantic versions.
     */
    slipway?: string;
    kubernetes: {
      /**
       * Oldest Kubernetes the catalog installs on.
       */
      minimum: string;
      /**
       * Newest Kubernetes the catalog installs on, where a newer one is known not to work.
       */
      maximum?: string;
      /**
       * Kubernetes versions it was tested with. A newer one than all of them is a warning.
       *
       * @minItems 1
       */
      tested?: [string, ...string[]];
    };
    argocd: {
      /**
       * Argo CD version that it installs and is tested with.
       */
      version: string;
      /**
       * Helm version in the image of that Argo CD, which renders charts that are delivered as charts.
       */
      helm?: string;
    };
    /**
     * A partial cluster spec below every environment.
     */
    defaults?: {
      [k: string]: unknown;
    };
  };
}
}

export namespace CapabilityFileFormat {
export interface CapabilityFile {
  /**
   * Version of the format.
   */
  apiVersion: "slipway.dev/v1alpha1";
  /**
   * Kind of the document.
   */
  kind: "Capability";
  metadata: {
    /**
     * DNS label: lower-case letters, digits and -, at most 63 characters.
     */
    name: string;
  };
  spec: {
    /**
     * One sentence.
     */
    summary: string;
    /**
     * Name of a list option that is written at spec.<list> of the cluster spec.
     */
    list?: "tenants";
    /**
     * JSON Schema (draft 2020-12) of the options.
     */
    options: {
      [k: string]: unknown;
    };
    /**
     * Cross-field rules; each has to be true.
     */
    rules?: {
      /**
       * CEL over options, cluster, enabled, tenants and contracts.
       */
      rule: string;
      /**
       * JSON pointer to a list of the options, * for every item on the way: the rule holds for each item, which it reads as item; the items of the lists around it are parents, outermost first.
       */
      each?: string;
      /**
       * JSON pointer the message points at, below the options; below the item with each.
       */
      path?: string;
      /**
       * What is wrong.
       */
      message: string;
      /**
       * What to do.
       */
      hint?: string;
      /**
       * error or warning.
       */
      severity?: "error" | "warning";
      /**
       * The rule only counts while this is true.
       */
      when?: string;
    }[];
    /**
     * Contracts this capability fulfils.
     */
    provides?: {
      [k: string]: {
        /**
         * Component that fulfils it.
         */
        by: string;
        /**
         * CEL over options.
         */
        when?: string;
        /**
         * What requirers see; strings may hold templates.
         */
        value?: {
          [k: string]: unknown;
        };
      };
    };
    /**
     * Contracts this capability uses.
     */
    requires?: {
      /**
       * Name of the contract.
       */
      contract: string;
      /**
       * Absence is not an error.
       */
      optional?: boolean;
      /**
       * CEL over options.
       */
      when?: string;
      /**
       * Components that come after the provider.
       */
      for?: string[];
      /**
       * Why.
       */
      reason?: string;
    }[];
  };
}
}

export namespace ComponentFileFormat {
export interface ComponentFile {
  /**
   * Version of the format.
   */
  apiVersion: "slipway.dev/v1alpha1";
  /**
   * Kind of the document.
   */
  kind: "Component";
  metadata: {
    /**
     * DNS label: lower-case letters, digits and -, at most 63 characters.
     */
    name: string;
  };
  spec: {
    /**
     * One sentence.
     */
    summary: string;
    /**
     * CEL over options, cluster, enabled, tenants and contracts (and item, with each); without it the component is always installed.
     */
    when?: string;
    /**
     * JSON pointer to a list of options whose items have a name: one Application per item, called <component>-<name of the item>. Templates, namespace, release and when see the item as item.
     */
    each?: string;
    /**
     * The Helm chart; absent for a component of manifests only.
     */
    chart?: {
      /**
       * Chart repository: https://, oci://, oci+http:// (no TLS), git+https://host/repo.git//folder?ref=tag, or ./folder of this repository.
       */
      repository: string;
      /**
       * Chart name; in a registry it may have folders before it.
       */
      name: string;
      /**
       * Exact version.
       */
      version: string;
      /**
       * Leave out the chart's crds/ folder.
       */
      skipCrds?: boolean;
    };
    /**
     * How a component reaches Argo CD: chart (an Application with the chart and its values) or rendered (plain manifests in the tree, made by Helm). Clusters can say otherwise.
     */
    delivery?: "chart" | "rendered";
    /**
     * Helm release name; default: the component's name. At most 53 characters.
     */
    release?: string;
    /**
     * Destination namespace; may hold a template over options and cluster.
     */
    namespace: string;
    /**
     * It and what it needs come as early as possible, before every component that is not of the platform. Others come as late as possible.
     */
    platform?: boolean;
    /**
     * false: later waves do not wait for it while it is Degraded, only until its objects are there and no longer Progressing.
     */
    blocking?: boolean;
    /**
     * Why later waves may go on without it; required with blocking: false.
     */
    blockingReason?: string;
    /**
     * Components this one comes after.
     */
    needs?: {
      /**
       * Component name.
       */
      component: string;
      /**
       * Ignored when that component is not enabled.
       */
      optional?: boolean;
      /**
       * CEL over options, cluster, enabled, tenants and contracts; without it always.
       */
      when?: string;
      /**
       * Why.
       */
      reason: string;
    }[];
    /**
     * group/Kind of the custom resources this component brings.
     *
     * Items: group/Kind
     */
    crds?: string[];
    /**
     * What its controllers make beside the objects it renders, so that other objects may name it.
     */
    makes?: {
      /**
       * group/Kind of the objects it is made of; absent: it is there with the component.
       *
       * @minItems 1
       */
      for?: string | [string, ...string[]];
      /**
       * JSON pointers that all have to lead to something in the object, * for any item, =value to just that; else it is not made.
       *
       * @minItems 1
       */
      with?: string | [string, ...string[]];
      /**
       * JSON pointers none of which may lead to something in the object, * for any item, =value to just that; else it is not made.
       *
       * @minItems 1
       */
      without?: string | [string, ...string[]];
      /**
       * group/Kind of what is made.
       */
      kind: string;
      /**
       * JSON pointer to a map with apiVersion and kind, where the object may name another kind.
       */
      kindAt?: string;
      /**
       * Its name, or several, with * for any text. With for, {/pointer} stands for what is there in the object, * in it for every item, {/one|/other} for the first of both that is there; without, {release}, {namespace} and {name} for those of the component.
       *
       * @minItems 1
       */
      name: string | [string, ...string[]];
      /**
       * Its namespace, * for all; default: that of the object, or of the component.
       */
      namespace?: string;
      /**
       * Keys it has; absent: any.
       *
       * Items: A key, or a map of a key and when it is there. Patterns as in name; {/pointer#} stands for the names of the members of a map, * alone for any key.
       */
      keys?: (
        | string
        | {
            /**
             * The key; the same patterns as in name, {/pointer#} for the names of the members of a map, * alone for any key.
             */
            key: string;
            /**
             * JSON pointers that all have to lead to something in the object, * for any item, =value to just that; else it lacks the key.
             *
             * @minItems 1
             */
            with?: string | [string, ...string[]];
            /**
             * JSON pointers none of which may lead to something in the object, * for any item, =value to just that; else it lacks the key.
             *
             * @minItems 1
             */
            without?: string | [string, ...string[]];
          }
      )[];
      /**
       * Why.
       */
      reason: string;
    }[];
    /**
     * Places in objects that name others, beside those of Kubernetes itself.
     */
    references?: {
      /**
       * group/Kind of the objects that name, group/* for all kinds of a group; absent, with member: all kinds.
       *
       * @minItems 1
       */
      from?: string | [string, ...string[]];
      /**
       * Name of a member, at any depth of the objects; at is then below it.
       *
       * @minItems 1
       */
      member?: string | [string, ...string[]];
      /**
       * JSON pointer, * for every item: to the name, or to the map that holds it. With member it may be left out: what the member holds.
       *
       * @minItems 1
       */
      at?: string | [string, ...string[]];
      /**
       * group/Kind that is named.
       */
      to: string;
      /**
       * Member of the map that holds the kind, where it may be another one.
       */
      kindAt?: string;
      /**
       * Member of the map that holds the group.
       */
      groupAt?: string;
      /**
       * Member of the map that holds the apiVersion.
       */
      apiVersionAt?: string;
      /**
       * Member of the map that holds the name; default: name.
       */
      nameAt?: string;
      /**
       * JSON pointer below the map to the key that has to be there, * for every item.
       *
       * @minItems 1
       */
      keyAt?: string | [string, ...string[]];
      /**
       * Member of the map that holds the namespace; default: that of the object.
       */
      namespaceAt?: string;
      /**
       * Why.
       */
      reason?: string;
    }[];
    /**
     * What else is to know of kinds.
     */
    kinds?: {
      /**
       * group/Kind, or group/* for all kinds of the group.
       *
       * @minItems 1
       */
      kind: string | [string, ...string[]];
      /**
       * Its objects have no namespace.
       */
      clusterWide?: boolean;
      /**
       * true: its objects hold data: they have to be protected from pruning, and ask before they go. false: they hold none, even where their component does.
       */
      data?: boolean;
      /**
       * Argo CD leaves its objects alone (resource.exclusions): one in the tree would never be applied.
       */
      excluded?: boolean;
      /**
       * JSON pointer to the host names that its objects take on a gateway or have a certificate for, or a list of them.
       */
      hostsAt?: string | [string, ...string[]];
      /**
       * JSON pointer to the names of its parts, which the keyAt of a reference to it may name.
       */
      partsAt?: string;
      /**
       * Of a cluster-wide kind: the kinds it names, * for all, that are looked up in the namespace of whoever uses the object when it names no namespace; others are where the component runs.
       *
       * @minItems 1
       */
      usedElsewhere?: [string, ...string[]];
      /**
       * Why.
       */
      reason?: string;
    }[];
    /**
     * What `slipway inspect` lists of the objects of a kind.
     */
    lists?: {
      /**
       * Name of the list, in the plural: topics. Several kinds may have rows in one list.
       */
      list: string;
      /**
       * group/Kind of the objects, one row each.
       */
      of: string;
      /**
       * Name and place of each column, in this order.
       */
      columns: {
        /**
         * JSON pointer into the object, * for every item; of several, parted by |, the first counts that leads to something.
         */
        [k: string]: string;
      };
    }[];
    /**
     * Findings about this component that are known and accepted, in every cluster.
     */
    silence?: {
      /**
       * Code of the finding (docs/argocd-rules.md lists those that can be silenced).
       */
      code: string;
      /**
       * Only about objects of this name, or that name this one, with * for any text.
       */
      name?: string;
      /**
       * Why it is right as it is.
       */
      reason: string;
    }[];
    /**
     * What happens to the objects when the Application is removed.
     */
    removal?: "delete" | "keep";
    /**
     * Why.
     */
    removalReason?: string;
    /**
     * Its removal always needs consent.
     */
    dataHolding?: boolean;
    /**
     * Fields of its objects or Helm values whose change the program behind them refuses, ignores, or loses data with. `render`, `commit` and `diff` hold such a change until spec.acceptedChanges of the cluster agrees to it.
     */
    guards?: {
      /**
       * group/Kind of the object, or Kind alone in the core group; without it the field is a Helm value of this component.
       */
      kind?: string;
      /**
       * Only objects of this name (* and ?).
       */
      name?: string;
      /**
       * Path with dots; [*] is any item of a list, * any key. What stands below it is guarded too.
       */
      field: string;
      /**
       * Regular expression whose first group is the part of the text that counts.
       */
      match?: string;
      /**
       * increase: quantities, numbers, durations and versions may grow, a switch may be turned on, and all of them may appear; nothing: it stays what it is. Either holds for what was there: a field that comes with what it is part of is new.
       */
      allow: "increase" | "nothing";
      /**
       * Values that are more than any other (-1, 0), for increase. null: so is a field that is not there, as a retention that nothing ends.
       *
       * @minItems 1
       */
      endless?: [string | number | null, ...(string | number | null)[]];
      /**
       * What would happen otherwise, as the end of a sentence.
       */
      because: string;
      /**
       * What to do instead, as a sentence.
       */
      hint?: string;
      /**
       * JSON pointer of the option that sets the field, * for items of a list. While no spec writes it down the field may not move at all, so that a new default of the catalog changes nothing by itself.
       */
      option?: string;
      /**
       * CEL, as when: the guard does not hold where it is true.
       */
      unless?: string;
    }[];
    /**
     * Functions of the chart whose result differs from one rendering to the next. With value: what has to be set so that it is not called. Without: calling it is harmless.
     */
    impure?: {
      /**
       * Name of the template function, such as randAlphaNum or now.
       */
      function: string;
      /**
       * Path of the value that stops it, with dots.
       */
      value?: string;
      /**
       * Why.
       */
      reason: string;
    }[];
    /**
     * Secrets of the chart whose content is no secret: they may stand in git when the component is delivered rendered.
     */
    publicSecrets?: {
      /**
       * Name of the Secret; * stands for any text.
       */
      name: string;
      /**
       * Why.
       */
      reason: string;
    }[];
    /**
     * Values that are set although they change nothing that the chart renders.
     */
    withoutEffect?: {
      /**
       * Path of the value, with dots; what is below it is included.
       */
      value: string;
      /**
       * Why.
       */
      reason: string;
    }[];
    /**
     * Sync options beside the usual ones.
     */
    syncOptions?: {
      /**
       * Argo CD sync option.
       */
      option: string;
      /**
       * Why.
       */
      reason: string;
    }[];
    /**
     * Known differences, each with its reason.
     */
    ignoreDifferences?: {
      /**
       * API group; empty for core.
       */
      group?: string;
      /**
       * Kind.
       */
      kind: string;
      /**
       * Object name.
       */
      name?: string;
      /**
       * Object namespace.
       */
      namespace?: string;
      /**
       * JSON pointers.
       */
      jsonPointers?: string[];
      /**
       * jq paths.
       */
      jqPathExpressions?: string[];
      /**
       * Field managers.
       */
      managedFieldsManagers?: string[];
      /**
       * Why.
       */
      reason: string;
    }[];
    /**
     * Health scripts for kinds without a built-in one.
     */
    health?: {
      /**
       * API group.
       */
      group: string;
      /**
       * Kind.
       */
      kind: string;
      /**
       * Script.
       */
      lua: string;
      /**
       * Why.
       */
      reason: string;
    }[];
  };
}
}

export namespace KindsFileFormat {
export interface KindsFile {
  /**
   * Version of the format.
   */
  apiVersion: "slipway.dev/v1alpha1";
  /**
   * Kind of the document.
   */
  kind: "Kinds";
  spec: {
    /**
     * What its controllers make beside the objects it renders, so that other objects may name it.
     */
    makes?: {
      /**
       * group/Kind of the objects it is made of; absent: it is there with the component.
       *
       * @minItems 1
       */
      for?: string | [string, ...string[]];
      /**
       * JSON pointers that all have to lead to something in the object, * for any item, =value to just that; else it is not made.
       *
       * @minItems 1
       */
      with?: string | [string, ...string[]];
      /**
       * JSON pointers none of which may lead to something in the object, * for any item, =value to just that; else it is not made.
       *
       * @minItems 1
       */
      without?: string | [string, ...string[]];
      /**
       * group/Kind of what is made.
       */
      kind: string;
      /**
       * JSON pointer to a map with apiVersion and kind, where the object may name another kind.
       */
      kindAt?: string;
      /**
       * Its name, or several, with * for any text. With for, {/pointer} stands for what is there in the object, * in it for every item, {/one|/other} for the first of both that is there; without, {release}, {namespace} and {name} for those of the component.
       *
       * @minItems 1
       */
      name: string | [string, ...string[]];
      /**
       * Its namespace, * for all; default: that of the object, or of the component.
       */
      namespace?: string;
      /**
       * Keys it has; absent: any.
       *
       * Items: A key, or a map of a key and when it is there. Patterns as in name; {/pointer#} stands for the names of the members of a map, * alone for any key.
       */
      keys?: (
        | string
        | {
            /**
             * The key; the same patterns as in name, {/pointer#} for the names of the members of a map, * alone for any key.
             */
            key: string;
            /**
             * JSON pointers that all have to lead to something in the object, * for any item, =value to just that; else it lacks the key.
             *
             * @minItems 1
             */
            with?: string | [string, ...string[]];
            /**
             * JSON pointers none of which may lead to something in the object, * for any item, =value to just that; else it lacks the key.
             *
             * @minItems 1
             */
            without?: string | [string, ...string[]];
          }
      )[];
      /**
       * Why.
       */
      reason: string;
    }[];
    /**
     * Places in objects that name others, beside those of Kubernetes itself.
     */
    references?: {
      /**
       * group/Kind of the objects that name, group/* for all kinds of a group; absent, with member: all kinds.
       *
       * @minItems 1
       */
      from?: string | [string, ...string[]];
      /**
       * Name of a member, at any depth of the objects; at is then below it.
       *
       * @minItems 1
       */
      member?: string | [string, ...string[]];
      /**
       * JSON pointer, * for every item: to the name, or to the map that holds it. With member it may be left out: what the member holds.
       *
       * @minItems 1
       */
      at?: string | [string, ...string[]];
      /**
       * group/Kind that is named.
       */
      to: string;
      /**
       * Member of the map that holds the kind, where it may be another one.
       */
      kindAt?: string;
      /**
       * Member of the map that holds the group.
       */
      groupAt?: string;
      /**
       * Member of the map that holds the apiVersion.
       */
      apiVersionAt?: string;
      /**
       * Member of the map that holds the name; default: name.
       */
      nameAt?: string;
      /**
       * JSON pointer below the map to the key that has to be there, * for every item.
       *
       * @minItems 1
       */
      keyAt?: string | [string, ...string[]];
      /**
       * Member of the map that holds the namespace; default: that of the object.
       */
      namespaceAt?: string;
      /**
       * Why.
       */
      reason?: string;
    }[];
    /**
     * What else is to know of kinds.
     */
    kinds?: {
      /**
       * group/Kind, or group/* for all kinds of the group.
       *
       * @minItems 1
       */
      kind: string | [string, ...string[]];
      /**
       * Its objects have no namespace.
       */
      clusterWide?: boolean;
      /**
       * true: its objects hold data: they have to be protected from pruning, and ask before they go. false: they hold none, even where their component does.
       */
      data?: boolean;
      /**
       * Argo CD leaves its objects alone (resource.exclusions): one in the tree would never be applied.
       */
      excluded?: boolean;
      /**
       * JSON pointer to the host names that its objects take on a gateway or have a certificate for, or a list of them.
       */
      hostsAt?: string | [string, ...string[]];
      /**
       * JSON pointer to the names of its parts, which the keyAt of a reference to it may name.
       */
      partsAt?: string;
      /**
       * Of a cluster-wide kind: the kinds it names, * for all, that are looked up in the namespace of whoever uses the object when it names no namespace; others are where the component runs.
       *
       * @minItems 1
       */
      usedElsewhere?: [string, ...string[]];
      /**
       * Why.
       */
      reason?: string;
    }[];
    /**
     * What `slipway inspect` lists of the objects of a kind.
     */
    lists?: {
      /**
       * Name of the list, in the plural: topics. Several kinds may have rows in one list.
       */
      list: string;
      /**
       * group/Kind of the objects, one row each.
       */
      of: string;
      /**
       * Name and place of each column, in this order.
       */
      columns: {
        /**
         * JSON pointer into the object, * for every item; of several, parted by |, the first counts that leads to something.
         */
        [k: string]: string;
      };
    }[];
  };
}
}

export namespace MigrationsFileFormat {
export interface MigrationsFile {
  /**
   * Version of the format.
   */
  apiVersion: "slipway.dev/v1alpha1";
  /**
   * Kind of the document.
   */
  kind: "Migrations";
  /**
   * What specs have to change when the catalog changes, in the order in which it is done.
   */
  spec: {
    /**
     * Version of the catalog that is the first to want it.
     */
    version: string;
    /**
     * What changes, in one sentence.
     */
    about: string;
    /**
     * What is done to every spec. Paths begin below spec, with . between keys; * stands for every item of a list. One that begins with capabilities counts for defaults of environments too.
     */
    steps: {
      /**
       * Path of a key that gets another name.
       */
      rename?: string;
      /**
       * Path of a value that gets another place.
       */
      move?: string;
      /**
       * Path of a text that becomes several values.
       */
      split?: string;
      /**
       * Path of an option whose default changes: it is written out in clusters that have the capability and did not set it.
       */
      default?: string;
      /**
       * Of rename: the new name. Of move: the new path.
       */
      to?: string;
      /**
       * Of split: a regular expression (RE2) with a group for every new value.
       */
      pattern?: string;
      /**
       * Of split: the new values.
       */
      into?: {
        /**
         * Path of the new value.
         */
        path: string;
        /**
         * Number of the group of the pattern that it is.
         */
        group: number;
        /**
         * What it is written as; string without it.
         */
        type?: "string" | "integer";
      }[];
      /**
       * Of default: what the default was.
       */
      value?: string | number | boolean | unknown[] | {};
    }[];
    /**
     * Specs that are migrated by slipway catalog test: before and after they have to render to the same tree.
     */
    tests?: {
      /**
       * Git tag with the catalog as it was before.
       */
      from: string;
      /**
       * A partial cluster spec for that catalog, as in examples.
       */
      spec: {
        [k: string]: unknown;
      };
    }[];
  }[];
}
}

export namespace DistributionsFileFormat {
export interface DistributionsFile {
  /**
   * Version of the format.
   */
  apiVersion: "slipway.dev/v1alpha1";
  /**
   * Kind of the document.
   */
  kind: "Distributions";
  metadata: {
    /**
     * Any name.
     */
    name: string;
  };
  /**
   * Distribution to what it brings.
   */
  spec: {
    [k: string]: {
      /**
       * Its own name.
       */
      title: string;
      /**
       * What it brings at its default settings.
       */
      facts: {
        /**
         * The first entry whose versions fit counts.
         *
         * @minItems 1
         */
        "network.loadBalancer": [
          {
            /**
             * What is there; none where nothing is.
             */
            value: string;
            /**
             * Last Kubernetes version it is true of; absent: all.
             */
            until?: string;
            /**
             * Fact without which it is not there: none where that one is none.
             */
            with?: string;
            /**
             * Where it is written.
             */
            source: string;
          },
          ...{
            /**
             * What is there; none where nothing is.
             */
            value: string;
            /**
             * Last Kubernetes version it is true of; absent: all.
             */
            until?: string;
            /**
             * Fact without which it is not there: none where that one is none.
             */
            with?: string;
            /**
             * Where it is written.
             */
            source: string;
          }[]
        ];
        /**
         * The first entry whose versions fit counts.
         *
         * @minItems 1
         */
        "network.ingress": [
          {
            /**
             * What is there; none where nothing is.
             */
            value: string;
            /**
             * Last Kubernetes version it is true of; absent: all.
             */
            until?: string;
            /**
             * Fact without which it is not there: none where that one is none.
             */
            with?: string;
            /**
             * Where it is written.
             */
            source: string;
          },
          ...{
            /**
             * What is there; none where nothing is.
             */
            value: string;
            /**
             * Last Kubernetes version it is true of; absent: all.
             */
            until?: string;
            /**
             * Fact without which it is not there: none where that one is none.
             */
            with?: string;
            /**
             * Where it is written.
             */
            source: string;
          }[]
        ];
        /**
         * The first entry whose versions fit counts.
         *
         * @minItems 1
         */
        "network.gatewayAPI": [
          {
            /**
             * What is there; none where nothing is.
             */
            value: string;
            /**
             * Last Kubernetes version it is true of; absent: all.
             */
            until?: string;
            /**
             * Fact without which it is not there: none where that one is none.
             */
            with?: string;
            /**
             * Where it is written.
             */
            source: string;
          },
          ...{
            /**
             * What is there; none where nothing is.
             */
            value: string;
            /**
             * Last Kubernetes version it is true of; absent: all.
             */
            until?: string;
            /**
             * Fact without which it is not there: none where that one is none.
             */
            with?: string;
            /**
             * Where it is written.
             */
            source: string;
          }[]
        ];
        /**
         * The first entry whose versions fit counts.
         *
         * @minItems 1
         */
        "network.policies": [
          {
            /**
             * What is there; none where nothing is.
             */
            value: string;
            /**
             * Last Kubernetes version it is true of; absent: all.
             */
            until?: string;
            /**
             * Fact without which it is not there: none where that one is none.
             */
            with?: string;
            /**
             * Where it is written.
             */
            source: string;
          },
          ...{
            /**
             * What is there; none where nothing is.
             */
            value: string;
            /**
             * Last Kubernetes version it is true of; absent: all.
             */
            until?: string;
            /**
             * Fact without which it is not there: none where that one is none.
             */
            with?: string;
            /**
             * Where it is written.
             */
            source: string;
          }[]
        ];
        /**
         * The first entry whose versions fit counts.
         *
         * @minItems 1
         */
        "storage.default": [
          {
            /**
             * What is there; none where nothing is.
             */
            value: string;
            /**
             * Last Kubernetes version it is true of; absent: all.
             */
            until?: string;
            /**
             * Fact without which it is not there: none where that one is none.
             */
            with?: string;
            /**
             * Where it is written.
             */
            source: string;
          },
          ...{
            /**
             * What is there; none where nothing is.
             */
            value: string;
            /**
             * Last Kubernetes version it is true of; absent: all.
             */
            until?: string;
            /**
             * Fact without which it is not there: none where that one is none.
             */
            with?: string;
            /**
             * Where it is written.
             */
            source: string;
          }[]
        ];
        /**
         * The first entry whose versions fit counts.
         *
         * @minItems 1
         */
        "kubernetes.metricsServer": [
          {
            /**
             * What is there; none where nothing is.
             */
            value: string;
            /**
             * Last Kubernetes version it is true of; absent: all.
             */
            until?: string;
            /**
             * Fact without which it is not there: none where that one is none.
             */
            with?: string;
            /**
             * Where it is written.
             */
            source: string;
          },
          ...{
            /**
             * What is there; none where nothing is.
             */
            value: string;
            /**
             * Last Kubernetes version it is true of; absent: all.
             */
            until?: string;
            /**
             * Fact without which it is not there: none where that one is none.
             */
            with?: string;
            /**
             * Where it is written.
             */
            source: string;
          }[]
        ];
        /**
         * The first entry whose versions fit counts.
         *
         * @minItems 1
         */
        "kubernetes.kubeletCertificates": [
          {
            /**
             * What is there; none where nothing is.
             */
            value: string;
            /**
             * Last Kubernetes version it is true of; absent: all.
             */
            until?: string;
            /**
             * Fact without which it is not there: none where that one is none.
             */
            with?: string;
            /**
             * Where it is written.
             */
            source: string;
          },
          ...{
            /**
             * What is there; none where nothing is.
             */
            value: string;
            /**
             * Last Kubernetes version it is true of; absent: all.
             */
            until?: string;
            /**
             * Fact without which it is not there: none where that one is none.
             */
            with?: string;
            /**
             * Where it is written.
             */
            source: string;
          }[]
        ];
        /**
         * The first entry whose versions fit counts.
         *
         * @minItems 1
         */
        "kubernetes.controlPlaneMetrics": [
          {
            /**
             * What is there; none where nothing is.
             */
            value: string;
            /**
             * Last Kubernetes version it is true of; absent: all.
             */
            until?: string;
            /**
             * Fact without which it is not there: none where that one is none.
             */
            with?: string;
            /**
             * Where it is written.
             */
            source: string;
          },
          ...{
            /**
             * What is there; none where nothing is.
             */
            value: string;
            /**
             * Last Kubernetes version it is true of; absent: all.
             */
            until?: string;
            /**
             * Fact without which it is not there: none where that one is none.
             */
            with?: string;
            /**
             * Where it is written.
             */
            source: string;
          }[]
        ];
      };
      /**
       * Objects it puts into the cluster, which others may name.
       */
      objects?: {
        /**
         * group/Kind.
         */
        kind: string;
        /**
         * Name, with * for any text.
         */
        name: string;
      }[];
      /**
       * Fact to how it is switched off.
       */
      remedies?: {
        [k: string]: string;
      };
    };
  };
}
}

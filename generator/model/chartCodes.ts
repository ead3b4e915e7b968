/** Codes of charts: where they come from, what Helm makes of them, and how that is delivered. */
export const chartCodes = {
  'chart/source': {
    title: 'Chart repository not understood',
    help: 'The repository of a chart is none of the forms of docs/charts.md, or a folder or git reference that is not there.',
  },
  'chart/offline': {
    title: 'Chart is not on this machine',
    help: 'With --offline nothing is fetched. Run `slipway catalog pull` where there is a network, or set SLIPWAY_CHARTS to a folder with the packages.',
  },
  'chart/unreachable': {
    title: 'Chart repository cannot be reached',
    help: 'No answer, or an error of the server, after a few attempts. Nothing was changed. Behind a proxy, HTTPS_PROXY and NO_PROXY count; for an authority of your own, NODE_EXTRA_CA_CERTS or `caFile` in the configuration of Helm.',
  },
  'chart/refused': {
    title: 'Chart repository refuses access',
    help: 'It wants credentials, or other ones. They are those of Helm: `helm repo add --username`, `helm registry login` or `docker login`.',
  },
  'chart/missing': {
    title: 'Chart or version does not exist',
    help: 'The repository answers, and does not have this chart or this version of it.',
  },
  'chart/answer': {
    title: 'Chart repository answers nonsense',
    help: 'What it sent is cut off, too large, no index or manifest, or leads to where it may not lead. Nothing of it was kept.',
  },
  'chart/digest': {
    title: 'Chart package has changed',
    help: 'The package is not the one that `catalog/catalog.lock` names. A published version must never change: find out who changed it. When the new one is right, `slipway catalog lock --force` takes it.',
  },
  'chart/invalid': {
    title: 'Chart package is not sound',
    help: 'The package is damaged, too large, holds links or paths that lead out of it, or is another chart than its name says. It was not kept.',
  },
  'chart/dependencies': {
    title: 'Dependencies that Argo CD cannot build',
    help: 'Argo CD builds what Chart.yaml names and charts/ lacks with `helm dependency build`, before it renders a chart of a folder or of git. Here that would fail: a lock that is not current, a folder outside of the repository, or a repository that it does not add ([charts](charts.md#dependencies)).',
  },
  'chart/unproven': {
    title: 'Chart that cannot be proven here',
    help: 'What Argo CD renders depends on what is not known before: a version that is chosen anew at every build, or a repository that only its own Secrets name. As a warning where Argo CD renders the chart; as an error where it is delivered rendered.',
  },
  'chart/credentials': {
    title: 'Credentials cannot be read',
    help: 'The configuration of Helm or Docker cannot be read, or one of its credential helpers fails.',
  },
  'chart/cache': {
    title: 'Chart cannot be kept',
    help: 'The cache of charts cannot be written. SLIPWAY_CACHE_DIR names another folder for it.',
  },
  'chart/lock': {
    title: 'catalog.lock cannot be read',
    help: '`catalog/catalog.lock` is not what Slipway writes. Delete it, and write it anew with `slipway catalog lock`.',
  },
  'helm/missing': {
    title: 'No Helm',
    help: 'What was asked for needs Helm to render charts. `slipway doctor` says which programs were found, and where they are looked for.',
  },
  'helm/refused': {
    title: 'Helm refuses the chart',
    help: "Helm cannot render the chart with these values; the message is Helm's own. Argo CD would show the same as a ComparisonError.",
  },
  'helm/impure': {
    title: 'Chart that renders differently each time',
    help: 'The chart calls functions whose result is another one each time (random text, certificates, the time). Argo CD renders at every refresh, so the objects would change for ever; and a rendered tree would never be current. The message names the function, the object and the field.',
  },
  'helm/object': {
    title: 'Object of a chart that the API server refuses',
    help: "What the chart renders to does not fit the API of the cluster's Kubernetes version, or the definition of its kind.",
  },
  'values/unknown': {
    title: 'Value that the chart does not know',
    help: 'Neither the defaults, the schema, the templates nor the subcharts of the chart know the key, and the chart renders to the same bytes without it. Helm ignores it in silence.',
  },
  'values/no-effect': {
    title: 'Value without effect',
    help: 'The chart knows the key, but with the other values it renders to the same bytes without it and with another value in its place. Most often the part it belongs to is switched off.',
  },
  'delivery/hook': {
    title: 'Helm hook without an Argo CD equivalent',
    help: 'A chart has an object that Helm would run for a rollback. Argo CD has no such event, whether it renders the chart itself or reads plain manifests.',
  },
  'delivery/undeclared-crds': {
    title: 'Definitions the catalog does not know of',
    help: 'A component delivered rendered brings CustomResourceDefinitions that its component.yaml does not list in `crds`. Definitions are an Application of their own in an earlier wave, and waves are planned before Helm runs.',
  },
  'helm/version': {
    title: 'Helm of another version',
    help: 'Charts are rendered with Helm 4, or 3.18 or newer; `slipway doctor` shows which one is found. As a warning: the Argo CD of the catalog (`spec.argocd` of catalog.yaml) has a Helm of another major version, so that it can render other objects than those that were proven.',
  },
  'helm/timeout': {
    title: 'Chart does not come to an end',
    help: 'Rendering the chart took more than a minute, and was ended. Most often a template repeats itself.',
  },
  'helm/memory': {
    title: 'Chart takes too much memory',
    help: 'Rendering the chart took more than 1 GiB of memory, and was ended.',
  },
  'helm/too-large': {
    title: 'Chart renders to too much',
    help: 'The chart rendered to more than 64 MiB of text; Argo CD would not take a tenth of that.',
  },
} as const;

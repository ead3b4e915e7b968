import type { FleetPlace } from './place.ts';

type Files = readonly (readonly [path: string, text: string])[];

/** Files of CI, from the top of the git repository: pull requests, the main branch, and drift once a day. */
export function ciFiles(place: FleetPlace): Files {
  switch (place.ci) {
    case 'github':
      return [
        ['.github/workflows/slipway.yaml', workflow(place, github(place))],
        ['.github/workflows/slipway-drift.yaml', drift(place, github(place))],
      ];
    case 'forgejo':
      return [
        ['.forgejo/workflows/slipway.yaml', workflow(place, forgejo)],
        ['.forgejo/workflows/slipway-drift.yaml', drift(place, forgejo)],
      ];
    case 'gitlab':
      return [
        ['.gitlab/slipway.gitlab-ci.yml', gitlab(place)],
        ['.gitlab-ci.yml', 'include:\n  - local: .gitlab/slipway.gitlab-ci.yml\n'],
      ];
    case 'none':
      return [];
  }
}

/** What differs between hosts that run workflows. */
interface Runner {
  /** Lines of the job before its steps. */
  readonly job: string;
  readonly checkout: string;
  /** Steps that bring Node.js and a cache. */
  readonly tools: string;
  /** Options of commands whose findings the host shows beside the lines. */
  readonly output: string;
  readonly showsSummary: boolean;
}

const below = (path: string, file: string): string => (path === '' ? file : `${path}/${file}`);

function github({ path }: FleetPlace): Runner {
  return {
    job: '    runs-on: ubuntu-24.04\n',
    checkout: 'actions/checkout@v6',
    tools: `      - uses: actions/setup-node@v4
        with:
          node-version: 24
          cache: npm
          cache-dependency-path: ${below(path, 'package-lock.json')}
      - uses: actions/cache@v4
        with:
          path: ~/.cache/slipway/charts
          key: slipway-charts-\${{ hashFiles('${below(path, '**/catalog.lock')}', '${below(path, 'package-lock.json')}') }}
          restore-keys: slipway-charts-
`,
    output: ' -o github',
    showsSummary: true,
  };
}

const forgejo: Runner = {
  job: '    runs-on: docker\n    container:\n      image: node:24-bookworm\n',
  checkout: 'https://data.forgejo.org/actions/checkout@v4',
  tools: '',
  output: '',
  showsSummary: false,
};

const where = (path: string): string =>
  path === '' ? '' : `    defaults:\n      run:\n        working-directory: ${path}\n`;

const paths = (path: string): string => (path === '' ? '' : `\n    paths: ['${path}/**']`);

function workflow({ branch, path }: FleetPlace, runner: Runner): string {
  const { job, checkout, tools, output, showsSummary } = runner;
  return `name: slipway
on:
  pull_request:${paths(path)}
  push:
    branches: ['${branch}']${paths(path)}
permissions:
  contents: read
concurrency:
  group: slipway-\${{ github.ref }}
  cancel-in-progress: true
jobs:
  trees:
${job}    timeout-minutes: 30
${where(path)}    steps:
      - uses: ${checkout}
        with:
          fetch-depth: 0 # the base is rendered from its commit
${tools}      - name: The version of Slipway that package.json pins
        run: npm ci
      - name: Charts
        run: npx --no slipway catalog pull
      - name: Validate
        run: npx --no slipway validate${output}
      - name: Trees are current
        run: npx --no slipway render --check${output}
      - name: What it does to each cluster
        if: github.event_name == 'pull_request'
        env:
          BASE: origin/\${{ github.base_ref }}
        run: npx --no slipway diff --base "$BASE" -o markdown${showsSummary ? ' >> "$GITHUB_STEP_SUMMARY"' : ''} || [ $? -eq 2 ]
`;
}

function drift({ path }: FleetPlace, { job, checkout, tools, showsSummary }: Runner): string {
  return `name: slipway-drift
on:
  schedule:
    - cron: '17 5 * * *'
  workflow_dispatch:
permissions:
  contents: read
jobs:
  drift:
${job}    timeout-minutes: 30
${where(path)}    steps:
      - uses: ${checkout}
        with:
          fetch-depth: 0 # who edited a file by hand, and when
${tools}      - run: npm ci
      - name: Trees, files and versions against git and the catalog
        run: npx --no slipway drift -o markdown${showsSummary ? ' >> "$GITHUB_STEP_SUMMARY"' : ''}
`;
}

function gitlab({ path }: FleetPlace): string {
  const cd = path === '' ? '' : `\n    - cd ${path}`;
  const changes = path === '' ? '' : `\n      changes: ['${path}/**/*']`;
  return `variables:
  SLIPWAY_CACHE_DIR: $CI_PROJECT_DIR/.slipway/user
  GIT_DEPTH: "0"

.slipway:
  image: node:24-bookworm
  interruptible: true
  cache:
    key: slipway
    paths: [.slipway/user/charts]
  before_script:${cd}
    - npm ci # the version of Slipway that package.json pins

slipway:validate:
  extends: .slipway
  rules:
    - if: $CI_PIPELINE_SOURCE == "merge_request_event"${changes}
    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH && $CI_PIPELINE_SOURCE != "schedule"${changes}
  script:
    - npx --no slipway catalog pull
    - npx --no slipway validate -o junit > slipway.xml || code=$?
    - npx --no slipway render --check
    - exit "\${code:-0}"
  artifacts:
    when: always
    reports:
      junit: ${below(path, 'slipway.xml')}

slipway:diff:
  extends: .slipway
  rules:
    - if: $CI_PIPELINE_SOURCE == "merge_request_event"${changes}
  script:
    - npx --no slipway diff --base "$CI_MERGE_REQUEST_DIFF_BASE_SHA" -o markdown > diff.md || code=$?
    - if [ "\${code:-0}" -ne 0 ] && [ "\${code:-0}" -ne 2 ]; then exit "$code"; fi
    - cat diff.md
  artifacts:
    paths: [${below(path, 'diff.md')}]
    expose_as: What this merge request does to each cluster

slipway:drift:
  extends: .slipway
  rules:
    - if: $CI_PIPELINE_SOURCE == "schedule"
  script:
    - npx --no slipway drift
`;
}

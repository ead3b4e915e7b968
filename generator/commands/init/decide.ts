import { UsageError } from '../../model/diagnostic.ts';
import type { FleetFolder, Prompt } from '../../ports.ts';
import type { NewCluster } from '../shared/scaffold.ts';
import { distributionProblem, distributions, domainProblem, nameProblem, oneOf } from '../shared/newCluster.ts';
import type { InitInvocation } from './command.ts';
import type { FleetPlace, Forge } from './place.ts';
import { branchProblem, forgeOf, placeholderUrl, remoteUrl, requirePlace, urlProblem, usualBranch } from './place.ts';

/** What a new fleet is to be. */
export interface Decisions {
  readonly place: FleetPlace;
  /** The first cluster; undefined: none yet. */
  readonly cluster: NewCluster | undefined;
}

const environments = ['dev', 'prod'];
const forges: readonly Forge[] = ['github', 'gitlab', 'forgejo', 'none'];

/** The options, else the answers of whoever sits at the terminal, else what git says and the defaults. Throws UsageError. */
export async function decide({ ctx, options }: InitInvocation, folder: FleetFolder): Promise<Decisions> {
  const prompt = options.yes ? undefined : ctx.prompt;
  const ask = asker(prompt);
  const known = remoteUrl(folder);
  const repository =
    options.repository ??
    (await ask.text('Where does Argo CD clone this repository from?', known ?? placeholderUrl, (answer) =>
      answer === placeholderUrl ? undefined : urlProblem(answer),
    ));
  const branch = options.branch ?? (await ask.text('Which branch does it follow?', usualBranch(folder), branchProblem));
  const usual = forgeOf(repository);
  const ci =
    options.ci !== 'auto' ? options.ci : ((await ask.choose('Whose CI checks pull requests?', forges, usual)) as Forge);
  const place: FleetPlace = {
    repository,
    branch,
    ci,
    isKnown: repository !== placeholderUrl,
    path: folder.path,
    name: folder.name,
    owners: options.owners,
  };
  requirePlace(place);
  return { place, cluster: await firstCluster(options, ask) };
}

interface Asker {
  text(question: string, initial: string, problem: (answer: string) => string | undefined): Promise<string>;
  choose(question: string, choices: readonly string[], initial: string): Promise<string>;
}

/** Where there is nobody to ask, the answer is what would be offered. */
const asker = (prompt: Prompt | undefined): Asker =>
  prompt ?? { text: (_, initial) => Promise.resolve(initial), choose: (_, __, initial) => Promise.resolve(initial) };

async function firstCluster(options: InitInvocation['options'], ask: Asker): Promise<NewCluster | undefined> {
  const none = '(none yet)';
  const name =
    options.cluster ??
    (await ask.text('Name of the first cluster?', none, (answer) =>
      answer === none ? undefined : nameProblem(answer),
    ));
  if (name === none) return undefined;
  refuse(nameProblem(name), `"${name}" cannot be the name of a cluster.`);
  const environment = options.environment ?? (await ask.choose('Its environment?', environments, 'dev'));
  refuse(oneOf(environment, environments), `A new fleet has no environment "${environment}".`);
  const domain = options.domain ?? (await ask.text('Its domain?', `${name}.example.com`, domainProblem));
  refuse(domainProblem(domain), `"${domain}" cannot be its domain.`);
  const distribution = options.distribution ?? (await ask.choose('What does it run?', distributions, 'generic'));
  refuse(distributionProblem(distribution), `There is no distribution "${distribution}".`);
  return { name, environment, domain, ...(distribution === 'generic' ? {} : { distribution }) };
}

function refuse(problem: string | undefined, message: string): void {
  if (problem !== undefined) throw new UsageError(message, problem);
}

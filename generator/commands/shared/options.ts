import type { Context } from '../../ports.ts';
import type { Values } from '../options.ts';
import { flag, list, negated, number, text } from '../options.ts';

/** Which clusters a run is about. */
export const selection = {
  cluster: list('globs', 'only these clusters (* and ?, separated by commas)', { short: '-c', suggests: 'cluster' }),
  selector: text('labels', 'only clusters with these labels (a=b,c!=d)', { short: '-l' }),
};

export const component = {
  component: list('names', 'only these components, separated by commas', { suggests: 'component' }),
};

export const jobs = {
  jobs: number<number | undefined>('n', 'threads that render side by side', {
    short: '-j',
    initial: undefined,
    initialText: 'one per core, at most 8',
    isAllowed: (n) => Number.isInteger(n) && n >= 1,
    says: 'It has to be a whole number from 1 on.',
  }),
};

export const cache = { cache: negated('render every cluster, even those that are current') };

export const offline = { offline: flag('use no network: what would need it is refused') };

export const stats = { stats: flag('print the time each stage took') };

/** How many threads render: as many as are asked for, or as this machine has cores for. */
export const threads = (ctx: Context, options: Values<typeof jobs>): number => options.jobs ?? ctx.workers.usual;

export interface Selected {
  readonly clusters: readonly string[];
  readonly selector?: string;
}

/** The selection as the pipeline takes it. */
export const selected = ({ cluster, selector }: Values<typeof selection>): Selected => ({
  clusters: cluster,
  ...(selector === undefined ? {} : { selector }),
});

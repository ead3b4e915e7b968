import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Json } from './kubeClient.ts';

/** What the API server's own packages say of an object (tools/kubernetes/oracle). */
export interface Verdict {
  readonly valid: boolean;
  /** No definition of its kind was told, and it is none of Kubernetes' own that the oracle knows. */
  readonly unknown?: boolean;
  readonly errors?: readonly {
    readonly stage: 'decode' | 'schema';
    readonly path?: string;
    readonly reason?: string;
    readonly detail: string;
  }[];
}

/** Tells the oracle definitions, then asks it about objects; the verdicts are in the order of the objects. */
export async function askOracle(
  program: string,
  definitions: readonly Json[],
  objects: Iterable<Json>,
): Promise<readonly Verdict[]> {
  const child = spawn(program, [], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(child, 'close') as Promise<[number | null]>;
  const answers: Verdict[] = [];
  const reading = (async () => {
    for await (const line of createInterface({ input: child.stdout })) answers.push(JSON.parse(line) as Verdict);
  })();
  const tell = async (asked: Json): Promise<void> => {
    if (!child.stdin.write(`${JSON.stringify(asked)}\n`)) await once(child.stdin, 'drain');
  };
  for (const definition of definitions) await tell({ definition });
  for (const object of objects) await tell({ object });
  child.stdin.end();
  const [code] = await ended;
  await reading;
  if (code !== 0) throw new Error(`the oracle ended with ${code}`);
  const refused = answers
    .slice(0, definitions.length)
    .flatMap(({ valid, errors }, i) => (valid ? [] : [`definition ${i}: ${errors?.[0]?.detail ?? ''}`]));
  if (refused.length > 0) throw new Error(`no definitions: ${refused.join('\n')}`);
  return answers.slice(definitions.length);
}

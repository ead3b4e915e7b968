import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createCampaign } from './campaign.ts';
import type { Outcome } from './campaign.ts';
import { environment, repository } from './fleet.ts';
import type { Run } from './fleet.ts';

// `npm run test:kill -- --seed 1 --kills 500 --command render --minutes 10`: kills commands that write, and checks what is found
// then; after so many minutes no other is begun.

interface Host {
  readonly run: Run;
  close(): void;
}

/** What a process loads for a run stays in its memory: after so many runs another one takes its place. */
const runsOfOneHost = 100;

/** Runs the built program in a process that has run it before. */
function startHost(): Host {
  const start = (): ChildProcess =>
    fork(join(repository, 'test/helpers/host.mjs'), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  let host = start();
  let runs = 0;
  return {
    run(root, args) {
      runs += 1;
      if (runs % runsOfOneHost === 0) {
        host.disconnect();
        host = start();
      }
      return new Promise((done, fail) => {
        const ended = (code: number | null): void =>
          fail(new Error(`the host ended with ${code} during ${args.join(' ')}`));
        host.once('exit', ended);
        host.once('message', (message) => {
          host.off('exit', ended);
          done(message as Awaited<ReturnType<Run>>);
        });
        host.send({ args, cwd: root, env: environment(root) });
      });
    },
    close: () => host.disconnect(),
  };
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      seed: { type: 'string', default: '1' },
      kills: { type: 'string', default: '100' },
      command: { type: 'string' },
      minutes: { type: 'string', default: 'Infinity' },
    },
  });
  const host = startHost();
  const campaign = await createCampaign(host.run);
  const outcomes: Outcome[] = [];
  const kills = await campaign.plan(Number(values.seed), Number(values.kills), values.command);
  const end = Date.now() + Number(values.minutes) * 60_000;
  for (const kill of kills) {
    if (Date.now() > end) break;
    const outcome = await campaign.run(kill);
    outcomes.push(outcome);
    if (outcome.faults.length > 0)
      process.stdout.write(
        `FAULT ${kill.scenario.name} ${JSON.stringify(kill.moment)} ${kill.deed}\n${outcome.faults
          .slice(0, 5)
          .map((f) => `  ${f.slice(0, 1000)}\n`)
          .join('')}`,
      );
    if (outcomes.length % 50 === 0) process.stdout.write(`${outcomes.length} of ${kills.length}\n`);
  }
  const faults = outcomes.filter((o) => o.faults.length > 0).length;
  process.stdout.write(table(outcomes));
  process.stdout.write(
    `${outcomes.length} runs, ${outcomes.filter((o) => o.wasKilled).length} killed, ${faults} with faults.\n`,
  );
  if (faults === 0) campaign.close();
  host.close();
  return faults === 0 ? 0 : 1;
}

function table(outcomes: readonly Outcome[]): string {
  const names = [...new Set(outcomes.map((o) => o.scenario.name))];
  const count = (name: string, is: (o: Outcome) => boolean): string =>
    String(outcomes.filter((o) => o.scenario.name === name && is(o)).length).padStart(5);
  return names
    .map(
      (name) =>
        `${name.padEnd(75)}${count(name, (o) => o.wasKilled)} killed${count(name, (o) => o.state === 'old')} old${count(name, (o) => o.state === 'new')} new${count(name, (o) => o.faults.length > 0)} faults\n`,
    )
    .join('');
}

process.exitCode = await main();

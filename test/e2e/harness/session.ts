import { afterAll, afterEach, beforeAll } from 'vitest';
import type { World, WorldOptions } from './world.ts';
import { startWorld } from './world.ts';

/** A world for the tests of a file, or of a `describe`: started before the first, stopped after the last. */
export function useWorld(options: () => WorldOptions): () => World {
  let world: World | undefined;
  let failed = false;
  beforeAll(async () => {
    world = await startWorld(options());
  });
  afterEach(({ task }) => {
    if (task.result?.state === 'fail') failed = true;
  });
  afterAll(async () => {
    const kept = await world?.run.stop(failed);
    if (kept !== undefined) process.stderr.write(`logs of the failed run: ${kept}\n`);
  });
  return () => {
    if (world === undefined) throw new Error('the world did not start');
    return world;
  };
}

export function sleep(ms: number): Promise<void> {
  return new Promise((done) => setTimeout(done, ms));
}

/** Asks until the answer is not undefined; what the last question threw is the reason when time is up. */
export async function waitFor<T>(
  what: string,
  ask: () => Promise<T | undefined> | T | undefined,
  { seconds = 60, everyMs = 100, state = (): string => '' } = {},
): Promise<T> {
  const end = Date.now() + seconds * 1000;
  let reason = '';
  for (;;) {
    try {
      const answer = await ask();
      if (answer !== undefined) return answer;
    } catch (error) {
      reason = error instanceof Error ? error.message : String(error);
    }
    if (Date.now() > end)
      throw new Error([`${what}: not within ${seconds} s`, reason, state()].filter((line) => line !== '').join('\n'));
    await sleep(everyMs);
  }
}

/** True for an HTTP answer of 2xx. */
export async function answers(url: string): Promise<true | undefined> {
  const response = await fetch(url, { signal: AbortSignal.timeout(2000) });
  return response.ok ? true : undefined;
}

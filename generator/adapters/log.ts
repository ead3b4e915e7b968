import { maskSecrets } from '../util/mask.ts';
import type { ContextOptions, Log } from '../ports.ts';
import { visible } from '../util/visible.ts';

export type LogOptions = Pick<ContextOptions, 'quiet' | 'verbose' | 'isTerminal'>;

/** Writes to stderr, in a thread by way of the one that started it. */
export type WriteLog = (text: string) => void;

export const toStderr: WriteLog = (text) => void process.stderr.write(text);

/** The one writer to stderr. Nothing moves unless stderr is a terminal. */
export function createLog(options: LogOptions, write: WriteLog = toStderr): Log {
  const terminal = options.isTerminal === true && !options.quiet;
  let shown = false;
  let last = 0;
  const clear = (): void => {
    if (shown) write('\r\u001b[K');
    shown = false;
  };
  return {
    info(message) {
      clear();
      if (!options.quiet) write(`${visible(maskSecrets(message))}\n`);
    },
    detail(message) {
      clear();
      if (options.verbose) write(`${visible(maskSecrets(message))}\n`);
    },
    progress(label, done, total) {
      if (!terminal || (done < total && Date.now() - last < 80)) return;
      last = Date.now();
      const width = 24;
      const filled = Math.round((done / Math.max(1, total)) * width);
      write(`\r\u001b[K${label} [${'#'.repeat(filled)}${' '.repeat(width - filled)}] ${done}/${total}`);
      shown = true;
    },
    clearProgress: clear,
  };
}

import type { Log } from '../ports.ts';

export interface LogOptions {
  readonly quiet: boolean;
  readonly verbose: boolean;
}

/** The one writer to stderr. Nothing moves unless stderr is a terminal. */
export function createLog(options: LogOptions): Log {
  const terminal = process.stderr.isTTY === true && !options.quiet;
  let shown = false;
  let last = 0;
  const clear = (): void => {
    if (shown) process.stderr.write('\r\u001b[K');
    shown = false;
  };
  return {
    info(message) {
      clear();
      if (!options.quiet) process.stderr.write(`${message}\n`);
    },
    detail(message) {
      clear();
      if (options.verbose) process.stderr.write(`${message}\n`);
    },
    progress(label, done, total) {
      if (!terminal || (done < total && Date.now() - last < 80)) return;
      last = Date.now();
      const width = 24;
      const filled = Math.round((done / Math.max(1, total)) * width);
      process.stderr.write(`\r\u001b[K${label} [${'#'.repeat(filled)}${' '.repeat(width - filled)}] ${done}/${total}`);
      shown = true;
    },
    clearProgress: clear,
  };
}

import { readFileSync } from 'node:fs';
import { publishChanges, recoverPublish } from '../../generator/adapters/publish.ts';
import { ToolError } from '../../generator/model/diagnostic.ts';
import type { Change } from '../../generator/model/model.ts';

// A process that does nothing but publish: `node publishOnce.mjs <root> <file with changes as JSON>`. It ends with the code
// of the finding, or with the stack of what is none.
const [, , root = '', file = ''] = process.argv;
try {
  recoverPublish(root);
  publishChanges(root, JSON.parse(readFileSync(file, 'utf8')) as readonly Change[]);
} catch (error) {
  process.stderr.write(error instanceof ToolError ? error.code : String((error as Error).stack));
  process.exitCode = 1;
}

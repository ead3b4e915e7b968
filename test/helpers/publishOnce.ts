import { readFileSync } from 'node:fs';
import { sources, trees } from '../../generator/adapters/files/journal.ts';
import { publishChanges } from '../../generator/adapters/files/publish.ts';
import type { Change } from '../../generator/model/model.ts';
import { withFault } from './faults.ts';

// A process that publishes and is killed at one of its operations: `node publishOnce.mjs <root> <changes.json> <operation>`.
const [, , root = '', file = '', at = '0'] = process.argv;
const changes = JSON.parse(readFileSync(file, 'utf8')) as readonly Change[];
const place = changes.every(({ path }) => path.startsWith('deploy/')) ? trees : sources;
withFault({ kind: 'kill', at: Number(at), lasts: false }, () => publishChanges(root, changes, place));

import type { TemplateFile, TemplateLibrary } from '../../model/model.ts';
import { didYouMean } from '../../util/suggest.ts';
import type { HelperDeclaration, WrittenCall } from './arguments.ts';
import { HelperError } from './arguments.ts';
import { fillSql, sqlOwnVariables, sqlPlaceholders } from './sql.ts';

export const fileHelper: HelperDeclaration = {
  args: '"path" [k=v …]',
  gives:
    'The text of a file below `files/` of the component or of the capability. In `.sql` files the named arguments take the place of `:\'k\'` (a literal) and `:"k"` (a name).',
  run: ([path], hash, { library }) => {
    const { file, text } = fileOf(path, library);
    return file.endsWith('.sql') ? fillSql(text, hash) : text;
  },
  check({ args, hash, library }: WrittenCall) {
    const file = fileOf(args[0], library);
    if (file.file.endsWith('.sql')) checkPlaceholders(file, hash);
    else if (hash.length > 0) throw new HelperError(`${file.file} is no SQL, and only that has placeholders`);
  },
};

function fileOf(path: unknown, library: TemplateLibrary): TemplateFile {
  if (typeof path !== 'string') throw new HelperError('file needs the path of a file in quotes');
  const found = library.files.get(path);
  if (found === undefined) {
    const close = didYouMean(path, [...library.files.keys()]);
    throw new HelperError(`There is no "${path}" below files/ of the component or its capability.${close}`);
  }
  return found;
}

function checkPlaceholders(file: TemplateFile, given: readonly string[]): void {
  const placeholders = sqlPlaceholders(file.text);
  const names = [...new Set(placeholders.map((p) => p.name))];
  const idle = given.find((name) => !names.includes(name));
  if (idle !== undefined) throw new HelperError(`${file.file} has no placeholder "${idle}".${didYouMean(idle, names)}`);
  const own = sqlOwnVariables(file.text);
  const open = placeholders.find((p) => !given.includes(p.name) && !own.has(p.name));
  if (open !== undefined)
    throw new HelperError(`The placeholder "${open.name}" of ${file.file} has no value`, file, open.from);
}

import type { Context } from '../../ports.ts';
import { checkObjects } from '../../validate/files.ts';
import type { ObjectResult, ObjectStatus } from '../../validate/files.ts';
import { ToolError } from '../../model/diagnostic.ts';
import { createChecks } from '../../pipeline/pipeline.ts';
import { many } from '../../report/text.ts';
import { objectsIn } from '../../yaml/objects.ts';
import type { Result } from '../command.ts';
import type { ValidateInvocation } from './command.ts';
import type { ObjectOptions } from './objectOptions.ts';

/** Checks the objects of files, folders and the input (`-`), which need not belong to a cluster; as kubeconform does. */
export async function validateFiles({ ctx, args }: ValidateInvocation, options: ObjectOptions): Promise<Result> {
  const texts = args.files.flatMap((arg) => textsOf(ctx, arg));
  const found = texts.flatMap(({ file, text }) => objectsIn(file, text));
  const minor = options.kubernetes ?? ctx.kubernetesMinors().at(-1) ?? '';
  const { policy, schemas } = options;
  const check = (): ObjectResult[] =>
    checkObjects(found, minor, createChecks(ctx, { policy, places: schemas.places, kubernetes: minor }));
  let results = check();
  if (await schemas.fetch()) results = check();
  const count = (status: ObjectStatus): number => results.filter((r) => r.status === status).length;
  const [valid, invalid, errors, skipped] = [count('valid'), count('invalid'), count('error'), count('skipped')];
  return {
    diagnostics: results.flatMap((r) => r.diagnostics),
    data: { kubernetes: minor, resources: results.map(resourceOf), summary: { valid, invalid, errors, skipped } },
    summary: `${many(results.length, 'object')} in ${many(texts.length, 'file')}, Kubernetes ${minor}: ${valid} valid, ${invalid} invalid, ${many(errors, 'error')}, ${skipped} skipped.`,
  };
}

function textsOf(ctx: Context, arg: string): { file: string; text: string }[] {
  if (arg === '-') return [{ file: 'stdin', text: ctx.readInput() }];
  const files = ctx.listAnywhere(arg);
  if (files.length === 0)
    throw new ToolError('file/unreadable', `${arg} holds no .yaml, .yml or .json file.`, 'Name files of objects.', {
      file: arg,
    });
  return files.map((file) => ({ file, text: ctx.readAnywhere(file) }));
}

const statuses = {
  valid: 'statusValid',
  invalid: 'statusInvalid',
  error: 'statusError',
  skipped: 'statusSkipped',
} as const;

/** One object as `kubeconform -output json -verbose` prints it. */
function resourceOf({ file, kind, name, apiVersion, status, diagnostics, problems }: ObjectResult): unknown {
  return {
    filename: file,
    kind,
    name,
    version: apiVersion,
    status: statuses[status],
    msg: diagnostics.map((d) => d.message).join(' '),
    ...(problems.length === 0
      ? {}
      : { validationErrors: problems.map(({ pointer, message }) => ({ path: pointer, msg: message })) }),
  };
}

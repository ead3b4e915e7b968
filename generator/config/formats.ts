import { amountFormats } from './formats/amounts.ts';
import type { Format } from './formats/format.ts';
import { nameFormats } from './formats/names.ts';
import { networkFormats } from './formats/network.ts';
import { scheduleFormats } from './formats/schedules.ts';
import { serviceFormats } from './formats/services.ts';

/** What `format:` of an option may say, and the grammar behind it. */
export const formats: Readonly<Record<string, Format>> = {
  ...networkFormats,
  ...amountFormats,
  ...scheduleFormats,
  ...nameFormats,
  ...serviceFormats,
};

export const formatOf = (name: string): Format | undefined =>
  Object.hasOwn(formats, name) ? formats[name] : undefined;

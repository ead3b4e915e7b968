import type { Invocation } from '../command.ts';
import { defineCommand } from '../command.ts';

export type DoctorInvocation = Invocation;

export const doctorCommand = defineCommand({
  name: 'doctor',
  summary: 'Check this machine and repository',
  examples: ['slipway doctor'],
  load: async () => (await import('./doctor.ts')).doctor,
});

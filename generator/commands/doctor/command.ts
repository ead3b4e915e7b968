import type { Invocation } from '../command.ts';
import { defineCommand } from '../command.ts';
import { text } from '../options.ts';
import { selection } from '../shared/options.ts';

const options = {
  // the cluster that is looked at is named in the call
  context: text('name', 'look at a cluster too, before its bootstrap: its kubeconfig context; changes nothing', {
    hasVariable: false,
  }),
  ...selection,
};

export type DoctorInvocation = Invocation<typeof options>;

export const doctorCommand = defineCommand({
  name: 'doctor',
  summary: 'Check this machine and repository, and a cluster before its bootstrap',
  options,
  needs: { cluster: 'context', selector: 'context' },
  examples: ['slipway doctor', 'slipway doctor -c prod-eu --context admin@prod-eu'],
  load: async () => (await import('./doctor.ts')).doctor,
});

import { ansible } from '../../../src/actions/ansible/backend.ts';
import type { Clock } from '../../../src/actions/clock.ts';
import { terraform } from '../../../src/actions/terraform/backend.ts';
import type { Backend } from '../../../src/core/runs/run.ts';

/** How to make a backend: plain JSON, so that it can be sent to a process that is to be killed. */
export type Making = {
  readonly backend: 'terraform' | 'ansible';
  readonly folder: string;
  readonly environment: Record<string, string>;
};

/** Real tools take real time. */
const clock: Clock = {
  now: () => new Date(),
  after(ms, run) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};

const makers: { readonly [K in Making['backend']]: (making: Making) => Backend } = {
  ansible: ({ folder, environment }) => ansible({ clock, folder, environment }),
  terraform: ({ folder, environment }) =>
    terraform({ clock, folder, environment, command: 'terraform', lockSeconds: 1 }),
};
export const makeBackend = (making: Making): Backend => makers[making.backend](making);

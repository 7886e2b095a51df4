import { ansible } from '../../../src/actions/ansible/backend.ts';
import { backstage } from '../../../src/actions/backstage/backend.ts';
import type { Clock } from '../../../src/actions/clock.ts';
import { helm } from '../../../src/actions/helm/backend.ts';
import { kubernetes } from '../../../src/actions/kubernetes/backend.ts';
import { terraform } from '../../../src/actions/terraform/backend.ts';
import { readKubeconfig } from '../../../src/cluster/kubeconfig.ts';
import type { Backend } from '../../../src/core/runs/run.ts';

type Tools = { readonly folder: string; readonly environment: Record<string, string> };
/** How to make a backend: plain JSON, so that it can be sent to a process that is to be killed. */
export type Making =
  | ({ readonly backend: 'terraform' } & Tools)
  | ({ readonly backend: 'ansible' } & Tools)
  | ({ readonly backend: 'helm'; readonly kubeconfig: string } & Tools)
  | { readonly backend: 'kubernetes'; readonly kubeconfig: string }
  | { readonly backend: 'backstage'; readonly url: string; readonly token: string };

/** Real tools take real time. */
export const clock: Clock = {
  now: () => new Date(),
  after(ms, run) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};

const makers: {
  readonly [K in Making['backend']]: (making: Extract<Making, { readonly backend: K }>) => Backend;
} = {
  ansible: ({ folder, environment }) => ansible({ clock, folder, environment }),
  backstage: ({ url, token }) => backstage({ clock, url, token }),
  terraform: ({ folder, environment }) =>
    terraform({ clock, folder, environment, command: 'terraform', lockSeconds: 1 }),
  helm: ({ folder, environment, kubeconfig }) =>
    helm({
      clock,
      folder,
      environment,
      cluster: { kubeconfig: { text: kubeconfig } },
      access: () => readKubeconfig(undefined, { text: kubeconfig }),
    }),
  kubernetes: ({ kubeconfig }) => kubernetes({ clock, access: () => readKubeconfig(undefined, { text: kubeconfig }) }),
};
export const makeBackend = (making: Making): Backend => (makers[making.backend] as (m: Making) => Backend)(making);

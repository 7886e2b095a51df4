import type { Action } from '../core/kernel/index.ts';
import type { Backend } from '../core/runs/run.ts';
import type { BackstageOptions } from './backstage/api.ts';
import type { HelmOptions } from './helm/backend.ts';
import type { KubernetesOptions } from './kubernetes/backend.ts';
import type { TerraformOptions } from './terraform/backend.ts';
import type { Workshop } from './tools.ts';

/*
 * What makes things, loaded when it is first asked for. A start need not wait for it, and a team that has no cluster and no
 * Backstage does not hold their machinery in memory.
 */

/** `unconnected`: why it can't be used, known without loading it. */
function whenUsed(
  { name, atOnce, unconnected }: Pick<Backend, 'name' | 'atOnce'> & { readonly unconnected?: string | undefined },
  load: () => Promise<Backend>,
): Backend {
  let loaded: Promise<Backend> | undefined;
  const whole = () => {
    loaded ??= load();
    return loaded;
  };
  return {
    name,
    atOnce,
    available: async () => (unconnected === undefined ? (await whole()).available() : { ok: false, why: unconnected }),
    preview: async (order, signal) => (await whole()).preview(order, signal),
    async *run(order, signal) {
      yield* (await whole()).run(order, signal);
    },
  };
}

/** An action by its name, loaded when it first runs. */
export function actionWhenUsed(name: string, load: () => Promise<Action>, gaveUp?: Action['gaveUp']): Action {
  let loaded: Promise<Action> | undefined;
  return {
    name,
    async run(input, key) {
      loaded ??= load();
      return (await loaded).run(input, key);
    },
    ...(gaveUp ? { gaveUp } : {}),
  };
}

type Parts = Workshop & {
  readonly access: KubernetesOptions['access'] | undefined;
  readonly cluster: HelmOptions['cluster'] | undefined;
  readonly terraform: TerraformOptions['command'];
  readonly backstage: Omit<BackstageOptions, 'clock'> | undefined;
};

const noCluster = 'No cluster is connected, so this can’t be made here. The operator of Groundcrew can set KUBECONFIG.';

export function createBackends(parts: Parts): readonly Backend[] {
  const { clock, folder, environment, access, cluster, backstage: templates } = parts;
  const unconnected = cluster ? undefined : noCluster;
  return [
    whenUsed({ name: 'kubernetes', atOnce: 20, unconnected }, async () => {
      const { kubernetes } = await import('./kubernetes/backend.ts');
      return kubernetes({ clock, ...(access ? { access } : {}) });
    }),
    whenUsed({ name: 'helm', atOnce: 3, unconnected }, async () => {
      const { helm } = await import('./helm/backend.ts');
      return helm({ clock, folder, environment, ...(cluster ? { cluster } : {}), ...(access ? { access } : {}) });
    }),
    whenUsed({ name: 'terraform', atOnce: 3 }, async () => {
      const { terraform } = await import('./terraform/backend.ts');
      return terraform({ clock, folder, environment, command: parts.terraform });
    }),
    whenUsed({ name: 'ansible', atOnce: 3 }, async () => {
      const { ansible } = await import('./ansible/backend.ts');
      return ansible({ clock, folder, environment });
    }),
    ...(templates
      ? [
          whenUsed({ name: 'backstage', atOnce: 20 }, async () => {
            const { backstage } = await import('./backstage/backend.ts');
            return backstage({ ...templates, clock });
          }),
        ]
      : []),
  ];
}

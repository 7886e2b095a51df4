import type { Action } from '../core/kernel/index.ts';
import type { Backend, Whereabouts } from '../core/runs/run.ts';
import type { BackstageOptions } from './backstage/api.ts';
import { overSites, type Site } from './sites.ts';
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
    available: async (cluster) =>
      unconnected === undefined ? (await whole()).available(cluster) : { ok: false, why: unconnected },
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
  /** The first is where things are made of which nothing else is said. */
  readonly sites: readonly Site[];
  readonly whereabouts: Whereabouts;
  readonly terraform: TerraformOptions['command'];
  readonly backstage: Omit<BackstageOptions, 'clock'> | undefined;
};

const noCluster = 'No cluster is connected, so this can’t be made here. The operator of Groundcrew can set KUBECONFIG.';

export function createBackends(parts: Parts): readonly Backend[] {
  const { clock, folder, environment, sites, whereabouts, backstage: templates } = parts;
  const unconnected = sites.length > 0 ? undefined : noCluster;
  const [first] = sites;
  const applying = { name: 'kubernetes', atOnce: 20, unconnected };
  const releasing = { name: 'helm', atOnce: 3, unconnected };
  async function identities() {
    const { sameCluster } = await import('./same-cluster.ts');
    return ({ name }: Site) => sameCluster({ clock, whereabouts, called: name });
  }
  return [
    whenUsed(applying, async () => {
      const { kubernetes } = await import('./kubernetes/backend.ts');
      const sameIn = await identities();
      return overSites(applying, sites, (site) => kubernetes({ clock, access: site.access, same: sameIn(site) }));
    }),
    whenUsed(releasing, async () => {
      const { helm } = await import('./helm/backend.ts');
      const sameIn = await identities();
      return overSites(releasing, sites, (site) =>
        helm({
          clock,
          folder,
          environment,
          cluster: site.by,
          access: site.access,
          same: sameIn(site),
          // The same release in two clusters is two, each worked on in a folder of its own.
          ...(site === first || site.name === undefined ? {} : { called: site.name }),
        }),
      );
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

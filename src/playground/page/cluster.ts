import { isBusy, perform } from './act.ts';
import { fill, h, reconcile } from './dom.ts';
import { icon } from './icons.ts';
import { openMenu } from './menu.ts';
import { remember, remembered, store, touch } from './store.ts';
import type { ClusterState, ClusterThing } from './wire.ts';

const titles = { workload: 'Workloads', resource: 'Resources', node: 'Nodes' } as const;
const keyOf = ({ kind, namespace, name }: ClusterThing): string => `${kind}/${namespace}/${name}`;

const unwell = ({ things }: ClusterState): number => things.filter((one) => one.tone === 'bad').length;

function button(thing: ClusterThing, cluster: string | undefined): HTMLElement {
  const { kind, namespace, name } = thing;
  const target = { cluster, kind, namespace, name };
  const wait = `cluster ${cluster ?? ''} ${keyOf(thing)}`;
  if (thing.broken)
    return h(
      'button',
      {
        type: 'button',
        class: 'button',
        'data-busy': wait,
        'data-waiting': isBusy(wait),
        'aria-label': `Mend ${name}`,
        onclick: () => void perform({ act: 'cluster.heal', ...target }, { wait }),
      },
      'Mend',
    );
  const failures = (store.world?.failures ?? []).filter((one) => one.on === thing.on);
  const breakIt = (failure: string) => void perform({ act: 'cluster.break', failure, ...target }, { wait });
  return h(
    'button',
    {
      type: 'button',
      class: 'button',
      'data-busy': wait,
      'aria-label': `Break ${name}`,
      'aria-haspopup': 'menu',
      onclick: (event: MouseEvent) =>
        openMenu(
          event.currentTarget as HTMLElement,
          `Break ${name}`,
          failures.map(({ name: failure, title }) => ({ title, pick: () => breakIt(failure) })),
        ),
    },
    'Break…',
  );
}

const row = (thing: ClusterThing, cluster: string | undefined): HTMLElement =>
  h(
    'li',
    { class: 'thing', 'data-tone': thing.tone },
    h('span', { class: 'thing-dot', 'aria-hidden': 'true' }),
    h(
      'span',
      { class: 'thing-words' },
      h('b', {}, thing.name),
      h('small', {}, [thing.namespace, thing.ready].filter(Boolean).join(' · ')),
    ),
    h('span', { class: 'thing-says' }, thing.says),
    button(thing, cluster),
  );

/** Which of several is looked at. */
function choice(clusters: readonly ClusterState[], chosen: string | undefined): HTMLElement {
  return h(
    'fieldset',
    { class: 'segments which' },
    h('legend', { class: 'unseen' }, 'Which cluster'),
    clusters.map((one) => {
      const { name = '' } = one;
      const bad = unwell(one);
      return h(
        'label',
        { class: 'segment' },
        h('input', {
          type: 'radio',
          name: 'cluster',
          value: name,
          checked: name === chosen,
          'aria-label': bad > 0 ? `${name}, ${bad} not well` : name,
          'data-focus': name,
          onchange: () => {
            remember('cluster', name);
            look = name;
            touch();
          },
        }),
        h('span', { 'aria-hidden': 'true' }, name),
        bad > 0 && h('span', { class: 'count', 'aria-hidden': 'true' }, bad),
      );
    }),
  );
}
let look = remembered('cluster');

/** The company's clusters, on the right of the page while they are open; and the button that opens them. */
export function createCluster() {
  const lists = (['workload', 'resource', 'node'] as const).map((on) => {
    const list = h('ul', { class: 'things' });
    const part = h('section', { 'aria-label': titles[on] }, h('h3', {}, titles[on]), list);
    return { on, list, part };
  });
  const which = h('div', {});
  const title = h('h2', {}, 'Cluster');
  const kubeconfig = h('code', {});
  const context = h('code', { class: 'whole' });
  const panel = h(
    'aside',
    { class: 'cluster', 'aria-label': 'Cluster', hidden: true },
    h(
      'header',
      { class: 'cluster-head' },
      title,
      h(
        'button',
        { type: 'button', class: 'icon-button', 'aria-label': 'Close the cluster', onclick: () => open(false) },
        icon('close', 16),
      ),
    ),
    which,
    h(
      'p',
      { class: 'cluster-hint' },
      'Break something, and see who is told what. Real kubectl works too: ',
      kubeconfig,
      ' ',
      context,
    ),
    ...lists.map((one) => one.part),
  );
  const opener = h('button', {
    type: 'button',
    class: 'opener',
    'aria-expanded': 'false',
    hidden: true,
    onclick: () => open(panel.hidden !== false),
  });
  function open(on: boolean): void {
    panel.hidden = !on;
    opener.setAttribute('aria-expanded', String(on));
    if (on) panel.querySelector('button')?.focus({ preventScroll: true });
    else opener.focus({ preventScroll: true });
  }
  panel.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && !event.defaultPrevented) open(false);
  });

  return {
    panel,
    opener,
    draw(): void {
      const clusters = store.state?.clusters ?? [];
      const chosen = clusters.find(({ name }) => name === look) ?? clusters[0];
      opener.hidden = chosen === undefined;
      if (!chosen) return;
      const { name, things } = chosen;
      const several = clusters.length > 1;
      title.textContent = several ? 'Clusters' : 'Cluster';
      kubeconfig.textContent = `KUBECONFIG=${chosen.kubeconfig}`;
      context.textContent = several ? `kubectl --context ${name}` : '';
      fill(which, JSON.stringify([name, clusters.map((one) => [one.name, unwell(one)])]), () =>
        several ? choice(clusters, name) : undefined,
      );
      const bad = clusters.reduce((sum, one) => sum + unwell(one), 0);
      fill(opener, `${several} ${bad}`, () => [
        icon('cluster', 16),
        h('span', {}, several ? 'Clusters' : 'Cluster'),
        bad > 0 && h('span', { class: 'count', 'aria-label': `${bad} not well` }, bad),
      ]);
      for (const { on, list, part } of lists) {
        const mine = things.filter((one) => one.on === on);
        part.hidden = mine.length === 0;
        reconcile(
          list,
          mine.map((thing) => ({
            key: `${name} ${keyOf(thing)}`,
            made: JSON.stringify(thing),
            build: () => row(thing, name),
          })),
        );
      }
    },
  };
}

import { isBusy, perform } from './act.ts';
import { fill, h, reconcile } from './dom.ts';
import { icon } from './icons.ts';
import { openMenu } from './menu.ts';
import { store } from './store.ts';
import type { ClusterThing } from './wire.ts';

const titles = { workload: 'Workloads', resource: 'Resources', node: 'Nodes' } as const;
const keyOf = ({ kind, namespace, name }: ClusterThing): string => `${kind}/${namespace}/${name}`;

function button(thing: ClusterThing): HTMLElement {
  const { kind, namespace, name } = thing;
  const target = { kind, namespace, name };
  const wait = `cluster ${keyOf(thing)}`;
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

const row = (thing: ClusterThing): HTMLElement =>
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
    button(thing),
  );

/** The company's cluster, on the right of the page while it is open; and the button that opens it. */
export function createCluster() {
  const lists = (['workload', 'resource', 'node'] as const).map((on) => {
    const list = h('ul', { class: 'things' });
    const part = h('section', { 'aria-label': titles[on] }, h('h3', {}, titles[on]), list);
    return { on, list, part };
  });
  const kubeconfig = h('code', {});
  const panel = h(
    'aside',
    { class: 'cluster', 'aria-label': 'Cluster', hidden: true },
    h(
      'header',
      { class: 'cluster-head' },
      h('h2', {}, 'Cluster'),
      h(
        'button',
        { type: 'button', class: 'icon-button', 'aria-label': 'Close the cluster', onclick: () => open(false) },
        icon('close', 16),
      ),
    ),
    h(
      'p',
      { class: 'cluster-hint' },
      'Break something, and see who is told what. Real kubectl works too: ',
      kubeconfig,
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
      const things = store.state?.cluster?.things;
      opener.hidden = things === undefined;
      if (!things) return;
      kubeconfig.textContent = `KUBECONFIG=${store.state?.cluster?.kubeconfig}`;
      const bad = things.filter((one) => one.tone === 'bad').length;
      fill(opener, String(bad), () => [
        icon('cluster', 16),
        h('span', {}, 'Cluster'),
        bad > 0 && h('span', { class: 'count', 'aria-label': `${bad} not well` }, bad),
      ]);
      for (const { on, list, part } of lists) {
        const mine = things.filter((one) => one.on === on);
        part.hidden = mine.length === 0;
        reconcile(
          list,
          mine.map((thing) => ({ key: keyOf(thing), made: JSON.stringify(thing), build: () => row(thing) })),
        );
      }
    },
  };
}

import type { GoldenPath } from '../catalog/path.ts';
import {
  type Block,
  type Button,
  counting,
  emphasis,
  type Item,
  join,
  money,
  type PersonId,
  person,
  said,
  strong,
  type Text,
  text,
  time,
  type View,
} from '../kernel/index.ts';
import type { Settings } from '../settings.ts';
import { presses } from './keys.ts';
import { upgradeOf } from './parts.ts';
import { budgetOf, quotaOf } from './room.ts';
import { stateNames } from './rules.ts';
import type { Resource, Totals } from './store.ts';

export const mineButton: Button = { label: 'My things', press: { name: presses.mine, value: '{}' } };
export const showButton = (id: string, label = 'Open'): Button => ({
  label,
  press: { name: presses.show, value: JSON.stringify({ id }) },
});

/** What can become of something that somebody removed by other ways. */
export const missingButtons = ({ id, name }: Resource, path: GoldenPath | undefined): readonly Button[] => [
  ...(path
    ? [
        {
          label: 'Make it again',
          press: { name: presses.again, value: JSON.stringify({ id }) },
          tone: 'primary',
        } as const,
      ]
    : []),
  {
    label: 'Forget it',
    press: { name: presses.forget, value: JSON.stringify({ id }) },
    confirm: `Forget “${name}”? It leaves every list.`,
  },
];

type Listed = {
  readonly resources: readonly Resource[];
  readonly paths: readonly GoldenPath[];
  /** Who looks: their own things don't name them. */
  readonly by: PersonId;
  readonly now: Date;
};

/** One line of facts: what the eye looks for first comes first. */
function note(resource: Resource, path: GoldenPath | undefined, { by, now }: Listed): Text {
  const newer = upgradeOf(resource, path);
  const parts: readonly Text[] = [
    resource.state === 'active' ? said(stateNames.active) : [strong(stateNames[resource.state])],
    ...(resource.owner === by ? [] : [[person(resource.owner)]]),
    ...(resource.expires ? [ends(resource.expires, now)] : []),
    ...(resource.cost ? [text`${money(resource.cost.cents, resource.cost.currency)} a month`] : []),
    ...(newer === undefined ? [] : [text`${resource.version}, ${emphasis(`${newer} is out`)}`]),
  ];
  return join(parts, ' · ');
}

const soon = 2 * 86_400_000;
const ends = (at: Date, now: Date): Text =>
  at.getTime() - now.getTime() < soon ? text`${strong('ends')} ${time(at)}` : text`ends ${time(at, 'date')}`;

export const itemsOf = (list: Listed): readonly Item[] =>
  list.resources.map((resource) => {
    const path = list.paths.find((p) => p.name === resource.path);
    return {
      title: text`${strong(resource.name)} · ${path?.title ?? resource.path}`,
      note: note(resource, path, list),
      buttons: [showButton(resource.id)],
    };
  });

/** “3 things · €54 a month”. */
export const sumText = ({ count, costs }: Totals): Text => {
  const paid = costs.filter((c) => c.cents > 0).map((c) => said(`${money(c.cents, c.currency)} a month`));
  return join([[strong(counting(count, 'thing'))], ...paid], ' · ');
};

/** What teams use of their limits, in as many lines as there are limits. */
export function limitRows(settings: Settings, teams: readonly string[], all: readonly TeamTotals[]) {
  return all
    .filter(({ team }) => teams.includes(team))
    .flatMap(({ team, totals }): readonly (readonly [string, Text])[] => {
      const { currency } = settings.budgets;
      const budget = budgetOf(settings, team);
      const spent = totals.costs.find((c) => c.currency === currency)?.cents ?? 0;
      const kinds = new Set([
        ...Object.keys(settings.quotas.default),
        ...Object.keys(settings.quotas.teams[team] ?? {}),
        ...totals.quotas.map((q) => q.kind),
      ]);
      const quotas = [...kinds].flatMap((kind) => {
        const limit = quotaOf(settings, team, kind);
        const used = totals.quotas.find((q) => q.team === team && q.kind === kind)?.amount ?? 0;
        // What nobody uses is no news.
        return limit === undefined || used === 0 ? [] : [text`${kind} ${full(used, limit)}`];
      });
      const money_ =
        budget === undefined
          ? []
          : [text`${full(money(spent, currency), money(budget, currency), spent >= budget)} a month`];
      const parts = [...money_, ...quotas];
      return parts.length > 0 ? [[`Team ${team}`, join(parts, ' · ')]] : [];
    });
}
const full = (used: number | string, limit: number | string, over = used >= limit): Text =>
  over ? [strong(`${used} of ${limit}`)] : said(`${used} of ${limit}`);
export type TeamTotals = { readonly team: string; readonly totals: Totals };

/** A person's things or those of teams, a page at a time. */
export function listView(
  title: string,
  list: Listed,
  about: {
    readonly sum?: Totals;
    readonly limits: readonly (readonly [string, Text])[];
    readonly empty: Text;
    readonly more?: Button;
    readonly buttons: readonly Button[];
  },
): View {
  const { resources } = list;
  const top: readonly Block[] = [
    ...(about.sum && about.sum.count > 0 ? [{ kind: 'text', text: sumText(about.sum) } as const] : []),
    ...(about.limits.length > 0 ? [{ kind: 'facts', rows: about.limits } as const] : []),
  ];
  return {
    id: 'resources.list',
    title,
    summary:
      resources.length === 0
        ? `${title}: nothing yet`
        : `${title}: ${counting(about.sum?.count ?? resources.length, 'thing')}`,
    blocks: [
      ...top,
      ...(resources.length === 0
        ? [{ kind: 'text', text: about.empty } as const]
        : [{ kind: 'items', items: itemsOf(list), ...(about.more ? { more: about.more } : {}) } as const]),
      ...(about.buttons.length > 0 ? [{ kind: 'buttons', buttons: about.buttons } as const] : []),
    ],
  };
}

import type { GoldenPath } from '../catalog/path.ts';
import {
  type Block,
  type Button,
  command,
  duration,
  type Item,
  type Step as Line,
  link,
  type Person,
  person,
  said,
  strong,
  type Text,
  text,
  time,
  type View,
} from '../kernel/index.ts';
import type { Meeting } from '../office-hours/store.ts';
import { changeButton, personaNames } from '../people/views.ts';
import { presses as requests } from '../requests/keys.ts';
import { finished, type Step, steps } from './rules.ts';
import type { Page } from './search.ts';
import type { Onboarding } from './store.ts';

const list = (items: readonly string[]) => new Intl.ListFormat('en').format(items);
const createButton = (path: string): Button => ({
  label: 'Create',
  press: { name: requests.create, value: JSON.stringify({ path }) },
  opens: 'form',
});

const labels: Readonly<Record<Step, string>> = {
  access: 'You’re in a team',
  environment: 'Your first thing from a golden path is ready',
  deploy: 'Your team rolled something out',
};

/** Who gets somebody into a team, since only groundcrew.yaml does. */
export type Helpers = { readonly people: readonly Person[]; readonly words?: string };
const asks = ({ people }: Helpers): Text =>
  people.flatMap((p, i): Text => [...said(i === 0 ? '' : i === people.length - 1 ? ' or ' : ', '), person(p.id)]);

/** The steps, with how long each took since they began. */
function lines({ started, ticks }: Onboarding): readonly Line[] {
  const next = steps.find((s) => ticks[s] === undefined);
  return steps.map((step): Line => {
    const at = ticks[step];
    const label = labels[step];
    if (at === undefined) return { label, state: step === next ? 'doing' : 'todo' };
    // What was there before they said hello took no time of theirs.
    const seconds = Math.round((at.getTime() - started.getTime()) / 1000);
    return { label, state: 'done', ...(seconds > 0 ? { seconds } : {}) };
  });
}

const hints: Readonly<Record<Step, (helpers: Helpers) => Text>> = {
  access: (h) =>
    h.people.length > 0
      ? text`Without a team you can look at everything, but ask for nothing. ${asks(h)} can add you to yours.`
      : said(
          'Without a team you can look at everything, but ask for nothing. Whoever keeps groundcrew.yaml can add you.',
        ),
  environment: () => text`Pick something to begin with: ${command('catalog')} shows all there is.`,
  deploy: () => said('Roll something out, however your team does that. I see it when it reaches the cluster.'),
};

/** The checklist, in the person’s direct messages: it ticks itself. */
export function checklistView(it: Onboarding, helpers: Helpers): View {
  const next = steps.find((s) => it.ticks[s] === undefined);
  const end = finished(it.ticks);
  const done = steps.filter((s) => it.ticks[s] !== undefined).length;
  const took = end === undefined ? 0 : Math.round((end.getTime() - it.started.getTime()) / 1000);
  return {
    id: 'onboarding.checklist',
    title: end ? 'You’re all set' : 'Your first steps',
    summary: end ? 'You’re all set' : `Your first steps: ${done} of ${steps.length} done`,
    blocks: [
      { kind: 'steps', steps: lines(it) },
      ...(next ? [{ kind: 'text', text: hints[next](helpers) } as const] : []),
      ...(end
        ? [
            {
              kind: 'notice',
              tone: 'good',
              text: text`That’s all of it${took > 0 ? `, in ${duration(took)}` : ''}. Was something in your way? ${command('feedback')} takes a minute.`,
            } as const,
          ]
        : [
            {
              kind: 'note',
              text: said('I tick these off when I see them happen. There is nothing to press.'),
            } as const,
          ]),
    ],
  };
}

const pathItem = (path: GoldenPath): Item => ({
  title: [strong(path.title)],
  note: said(path.summary),
  buttons: [createButton(path.name)],
});

export type Start = {
  readonly by: Person;
  readonly it: Onboarding;
  readonly helpers: Helpers;
  readonly paths: readonly GoldenPath[];
  readonly docs: readonly Page[];
  /** When people can come by with a question. */
  readonly hours?: Meeting;
};

/** Where to begin, for one person. */
export function startView({ by, it, helpers, paths, docs, hours }: Start): View {
  const team: Text =
    by.teams.length > 0
      ? said(list(by.teams))
      : helpers.people.length > 0
        ? text`none yet: ${asks(helpers)} can add you`
        : said('none yet');
  const ask: Text = [
    ...asks(helpers),
    ...said(helpers.words ? `${helpers.people.length > 0 ? '. ' : ''}${helpers.words}` : ''),
  ];
  const toBegin: readonly Block[] =
    paths.length > 0
      ? [
          { kind: 'text', text: [strong('To begin with')] },
          { kind: 'items', items: paths.map(pathItem) },
        ]
      : [];
  return {
    id: 'onboarding.start',
    title: `Where to begin, ${by.name}`,
    summary: `Where to begin: ${paths.map((p) => p.title).join(', ') || 'your first steps'}`,
    blocks: [
      { kind: 'steps', steps: lines(it) },
      {
        kind: 'facts',
        rows: [
          ['You work on', said(by.persona ? personaNames[by.persona] : 'not said yet')],
          ['Your team', team],
          ...(docs.length > 0 ? [['Read', linksOf(docs)] as const] : []),
          ...(hours
            ? [
                [
                  'Come by',
                  text`${hours.series.title}, ${time(hours.session.startsAt)}; sign up with ${command('office-hours')}`,
                ] as const,
              ]
            : []),
          ...(ask.length > 0 ? [['Ask', ask] as const] : []),
        ],
      },
      ...toBegin,
      {
        kind: 'buttons',
        buttons: [
          changeButton,
          { label: 'All I can do', press: { name: 'command.run', value: JSON.stringify('help') } },
        ],
      },
    ],
  };
}

const linksOf = (docs: readonly Page[]): Text =>
  docs.flatMap(
    (d, i): Text => [...said(i === 0 ? '' : ', '), d.url === undefined ? strong(d.title) : link(d.title, d.url)],
  );

/** What was found in the docs. */
export function foundView(words: string, pages: readonly Page[], usable: (path: string) => boolean): View {
  return {
    id: 'onboarding.docs',
    title: 'In the docs',
    summary:
      pages.length === 0
        ? `Nothing about “${words}”`
        : `${pages.length === 1 ? '1 page' : `${pages.length} pages`} about “${words}”`,
    blocks:
      pages.length === 0
        ? [
            {
              kind: 'text',
              text: text`I find nothing about ${strong(words)}. Try fewer words, or other ones.`,
            },
            { kind: 'note', text: text`Should there be something? Say so with ${command('feedback')}.` },
          ]
        : [
            {
              kind: 'items',
              items: pages.map((p) => ({
                title: p.url === undefined ? [strong(p.title)] : [link(p.title, p.url)],
                note: said(p.about),
                ...(p.path !== undefined && usable(p.path) ? { buttons: [createButton(p.path)] } : {}),
              })),
            },
          ],
  };
}

/** Asked without words: what there is to read, for people like them first. */
export const shelfView = (docs: readonly Page[]): View => ({
  id: 'onboarding.shelf',
  title: 'The docs',
  summary: 'What there is to read',
  blocks: [
    ...(docs.length > 0
      ? [
          {
            kind: 'items',
            items: docs.map((d) => ({
              title: d.url === undefined ? [strong(d.title)] : [link(d.title, d.url)],
              note: said(d.about),
            })),
          } as const,
        ]
      : []),
    { kind: 'note', text: text`Look for something: ${command('docs rotate a password')}` },
  ],
});

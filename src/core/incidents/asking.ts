import { z } from 'zod';
import {
  type Ctx,
  command,
  type Effects,
  type Handler,
  type Json,
  onCommand,
  onOutcome,
  onPress,
  type Person,
  type PersonCtx,
  type PersonId,
  text,
  type View,
  whisper,
} from '../kernel/index.ts';
import type { WithPeople } from '../people/store.ts';
import {
  closedView,
  lookingView,
  overviewView,
  presses,
  severalView,
  troubleView,
  unknownView,
  whyView,
  withAway,
} from './answer-view.ts';
import { fixesFor, presses as fixing, hindrancesOf, tryingFixes, untriedFixes } from './fixing-view.ts';
import type { Shown } from './incident-view.ts';
import { familyOf, gist, subjectOf } from './life.ts';
import { looksAfter, maySee, rulesOf } from './rules.ts';
import { clusterDiagnose, type Looked, looked, type Wanted } from './seen.ts';
import type { WithIncidents } from './store.ts';
import { redraw } from './telling.ts';

type Store = WithPeople & WithIncidents;

/** Says that somebody looks, and looks: the message becomes the answer. */
function look(wanted: Wanted, ctx: PersonCtx<Store>): Effects {
  const message = `doctor/${ctx.delivery}`;
  const input = { by: { person: ctx.by.id, message }, wanted, rules: rulesOf(ctx.settings) };
  return [
    {
      kind: 'tell',
      person: ctx.by.id,
      via: ctx.account,
      key: message,
      view: lookingView('name' in wanted ? wanted.name : undefined),
    },
    { kind: 'act', action: clusterDiagnose, input: input satisfies Record<string, unknown> as Json, key: message },
  ];
}

/** Words of a question that name nothing: “why is my checkout-api broken?” asks for checkout-api. */
const idle = new Set(
  "a an the my our is are was does do did not isn’t isn't doesn’t doesn't app service deployment so down broken failing fails fail slow working work red crashing".split(
    ' ',
  ),
);

type Named = Extract<Wanted, { name: string }>;
const wordsOf = (typed: string): readonly string[] =>
  typed
    .trim()
    .slice(0, 300)
    .split(/[\s?!,.]+/)
    .filter(Boolean);

/**
 * `checkout-api`, `checkout/checkout-api`, `checkout-api checkout` or `checkout-api in prod-eu`: a name, and where, when
 * there are several: its namespace, or what its cluster is called.
 */
function named(typed: string): Named | undefined {
  const said = wordsOf(typed);
  // What stands behind “in” is a name, whatever it is: a namespace may be called app.
  const names = (w: string, i: number) => !idle.has(w.toLowerCase()) || (i > 0 && said[i - 1]?.toLowerCase() === 'in');
  const meant = said.length > 1 ? said.filter(names) : said;
  const into = meant.findIndex((w, i) => i > 0 && w.toLowerCase() === 'in');
  const words = meant.filter((_, i) => i !== into);
  // A sentence that we do not understand is answered with how to ask.
  if (words.length > 2) return undefined;
  const [first = '', place] = words;
  const [left = '', right] = first.split('/', 2);
  if (left === '') return undefined;
  return {
    ...(right ? { name: right, namespace: left } : { name: left }),
    ...(place === undefined ? {} : { place }),
  };
}
/** `in prod-eu`: all of one cluster. */
const clusterIn = (typed: string): string | undefined => {
  const [into, called, ...more] = wordsOf(typed);
  return into?.toLowerCase() === 'in' && more.length === 0 ? called : undefined;
};

const whichOne: View = {
  id: 'doctor.which',
  title: 'Why does what fail?',
  summary: 'Say the name of a service.',
  blocks: [
    {
      kind: 'text',
      text: text`Say which one: ${command('why checkout-api')}, with its namespace where there are several: ${command('why checkout/checkout-api')}. ${command('status')} lists what your teams run.`,
    },
  ],
};

/** What somebody may see of all there is: those who run the platform, or where nothing is hidden, everything. */
const reach = (by: Person, ctx: PersonCtx<Store>): readonly string[] | null =>
  looksAfter(by, undefined) || (by.teams.length === 0 && ctx.settings.doctor.visibleTo === 'everyone')
    ? null
    : by.teams;

/**
 * What of its fixes can be pressed, by who may press it, while its incident is about the same: as tried out for this answer,
 * which its message shows from then on as well.
 */
async function mending(
  { cluster, uid, service, verdicts: [first], offers, untried }: Extract<Looked, { is: 'found' }>,
  by: Person,
  ctx: Ctx<Store>,
): Promise<{ readonly fixes?: Shown['fixes']; readonly effects: Effects }> {
  if (first === undefined) return { effects: [] };
  const known = await ctx.store.incidents.current(cluster, subjectOf(first.object), familyOf(first));
  const i = known && (await ctx.store.incidents.take(known.id));
  // What is kept under this context may be another cluster’s, until that is noticed.
  const there = i?.uid === undefined || uid === undefined || i.uid === uid;
  const same = i !== undefined && there && gist(i.verdict) === gist(first);
  const may = looksAfter(by, same ? i.team : service.team);
  if (offers === undefined)
    return { fixes: !may ? undefined : untried === undefined ? tryingFixes : untriedFixes(untried), effects: [] };
  if (!same) return { fixes: hindrancesOf(offers), effects: [] };
  const { untried: _, ...before } = i.mending ?? {};
  const mending = { ...before, gist: gist(i.verdict), offers };
  const news = i.mending?.untried !== undefined || JSON.stringify(mending.offers) !== JSON.stringify(i.mending?.offers);
  if (news) await ctx.store.incidents.change(i.id, { mending }, ctx.now);
  return {
    fixes: may ? fixesFor({ ...i, mending }, fixing.fixAsked) : hindrancesOf(offers),
    effects: news && i.message !== undefined ? await redraw([i.message], ctx) : [],
  };
}

async function answer(found: Looked, by: Person, ctx: Ctx<Store>): Promise<{ view: View; effects: Effects }> {
  const open = (s: { readonly team?: string }) => maySee(by, s.team, ctx.settings);
  const { fixes, effects }: Awaited<ReturnType<typeof mending>> =
    found.is === 'found' && open(found.service) ? await mending(found, by, ctx) : { effects: [] };
  const views: { readonly [K in Looked['is']]: (l: Extract<Looked, { is: K }>) => View } = {
    found: (l) => (open(l.service) ? whyView(l, fixes) : closedView(l.service.ref.name, l.service.team)),
    several: (l) => {
      const theirs = l.services.filter(open);
      return theirs.length > 0 ? severalView(l.name, theirs) : closedView(l.name, l.services[0]?.team);
    },
    unknown: (l) => unknownView(l.name, l.near.filter(open)),
    // Whose it is was asked for with what they may see at that moment; they may have left a team since.
    overview: (l) => overviewView(l.services.filter(open), l.verdicts, l.teams, l.more),
    trouble: (l) => troubleView(l.message),
  };
  const view = withAway(views[found.is](found as never), 'away' in found ? found.away : undefined);
  return { view, effects };
}

/** Asked on demand: why one service fails, and how all of them fare. */
export const asking: readonly Handler<Store>[] = [
  onCommand(
    'why',
    { summary: 'Why a service fails, and what mends it', usage: '<service>', may: 'anyone', personas: ['backend'] },
    async (args, ctx: PersonCtx<Store>) => {
      const wanted = named(args);
      return wanted ? look(wanted, ctx) : [whisper(whichOne)];
    },
  ),
  onCommand(
    'status',
    { summary: 'How your services fare', usage: '[service]', may: 'anyone' },
    async (args, ctx: PersonCtx<Store>) => {
      const called = clusterIn(args);
      const all = { teams: reach(ctx.by, ctx), ...(called === undefined ? {} : { called }) };
      return look(called === undefined ? (named(args) ?? all) : all, ctx);
    },
  ),
  onPress(
    presses.why,
    z.object({ name: z.string(), namespace: z.string(), kind: z.string(), called: z.string().exactOptional() }),
    'anyone',
    async (wanted, ctx: PersonCtx<Store>) => look(wanted, ctx),
  ),
  onOutcome(clusterDiagnose, looked, async (key, found, ctx: Ctx<Store>): Promise<Effects> => {
    const by = await ctx.store.people.byId(found.by.person as PersonId);
    if (!by) return [];
    const { view, effects } = await answer(found, by, ctx);
    return [{ kind: 'edit', key, view }, ...effects];
  }),
];

import { z } from 'zod';
import {
  type Ctx,
  type Effect,
  type Effects,
  type Form,
  form,
  type Handler,
  onDue,
  onObserved,
  onPress,
  onSubmit,
  type PersonCtx,
  refuse,
  type SubmitHandler,
  shorten,
  whisper,
} from '../kernel/index.ts';
import { addDays, addHours, addMinutes, subDays, subMinutes } from '../kernel/instants.ts';
import { ownerOf, waitLater } from './approval.ts';
import { labelMax, optionsMax } from './forms.ts';
import { forms, jobs, numbered, presses } from './keys.ts';
import { lookForPulls, pullEntry } from './pulls.ts';
import { kindNames, limits } from './rules.ts';
import { comingEntries } from './sessions.ts';
import type { Announcement, Entry } from './store.ts';
import { allowed, writers } from './taking.ts';
import { everywhere, goLater, ownCopies, type Store, sightOf } from './telling.ts';
import { noticeView } from './views.ts';
import {
  announcedEntry,
  type Changelog,
  incidentEntry,
  incidentsId,
  knownOf,
  nextWeekly,
  ordered,
  pathEntries,
  raised,
  shippedEntry,
  weekTitle,
} from './week.ts';

/** All that happened since the last one, by what our own rows say. */
async function collect(from: Date, to: Date, since: Date, ctx: Ctx<Store>): Promise<readonly Entry[]> {
  const { announcements, roadmap } = ctx.store;
  const [shipped, posted, closed, known] = [
    await roadmap.shipped(from, to),
    await announcements.postedBetween(from, to),
    await announcements.closedIncidents(since, to),
    await announcements.knownPaths(),
  ];
  return ordered([
    ...shipped.map(shippedEntry),
    // What is to come is named as it is now, whether it was announced or not.
    ...posted.filter(({ content: { kind } }) => kind !== 'week' && kind !== 'event').map(announcedEntry),
    ...pathEntries(ctx.catalog.paths, known),
    ...(await announcements.takePulls(to)).map(pullEntry),
    ...incidentEntry(closed),
  ]);
}

/** Whether it is still so: what shipped may be open again, what was announced taken back; of incidents there is one line. */
async function stillTrue({ id }: Entry, ctx: Ctx<Store>): Promise<boolean> {
  const [, of, number = ''] = /^(announcement|feedback)\/(\d+)$/.exec(id) ?? [];
  if (of === 'announcement') return (await ctx.store.announcements.look(Number(number)))?.state === 'posted';
  if (of === 'feedback') return (await ctx.store.roadmap.item(Number(number)))?.state === 'shipped';
  return id !== incidentsId && !id.startsWith('session/');
}

/** What earlier drafts tell, in the words that they have by now; and these say that they are part of the new one. */
async function fold(old: readonly Announcement[], into: number, ctx: Ctx<Store>): Promise<Effects> {
  const effects: Effect[] = [];
  for (const { number } of old) {
    const why = `nobody approved it, so it is part of the next one, #${into}`;
    const after = await ctx.store.announcements.change(number, { state: 'dropped', why }, ctx.now);
    effects.push(...(await ownCopies('edit', after, await sightOf(after, ctx), ctx)), ...goLater(after));
  }
  return effects;
}

const draftAfter = (changelog: Changelog, last: Date): Effects => [
  {
    kind: 'later',
    job: jobs.week,
    input: {},
    at: nextWeekly(changelog.draft, changelog.zone, last),
    key: jobs.week,
  },
];

/** What others are committing at this moment is not seen yet, and their clocks differ: it is told in the next one. */
const settledMinutes = 1;

/** The next one by the settings of now. One whose time came while we were down is not put off to the next week. */
async function draftNext(ctx: Ctx<Store>): Promise<Effects> {
  const { changelog } = ctx.settings.announcements;
  if (!changelog) return [{ kind: 'never', key: jobs.week }];
  const { announcements } = ctx.store;
  const last = await announcements.lastChangelog();
  // The first one tells of what came after this.
  if (!last) await announcements.changelogUpTo(ctx.now);
  return draftAfter(changelog, last ? addMinutes(last, settledMinutes) : ctx.now);
}
const planHours = 1;
/** The settings are read again while we run, and so is what was merged. */
async function planAgain(ctx: Ctx<Store>): Promise<Effects> {
  const { changelog } = ctx.settings.announcements;
  return [
    ...(changelog ? await lookForPulls(changelog, ctx) : []),
    { kind: 'later', job: jobs.plan, input: {}, at: addHours(ctx.now, planHours), key: jobs.plan },
  ];
}

const week = 7;
/** Drafts what the week brought. A week that brought nothing says nothing. */
async function compose(changelog: Changelog, ctx: Ctx<Store>): Promise<Effects> {
  const { announcements } = ctx.store;
  const to = subMinutes(ctx.now, settledMinutes);
  const from = (await announcements.lastChangelog()) ?? subDays(to, week);
  const owner = await ownerOf(changelog, ctx);
  const next = draftAfter(changelog, ctx.now);
  // Until somebody owns it, it is kept for them.
  if (!owner) return next;
  // What they tell goes into this one.
  const old = await announcements.takeUnapproved();
  const since = old.reduce((first, { content }) => earlier(first, content.since), from);
  const fresh = await collect(from, to, since, ctx);
  const coming = await comingEntries(nextWeekly(changelog.post, changelog.zone, addDays(ctx.now, week)), ctx);
  await announcements.notePaths(ctx.catalog.paths.map(knownOf));
  await announcements.changelogUpTo(to);
  if (fresh.length === 0) return next;
  const kept: Entry[] = [];
  for (const entry of old.flatMap((a) => a.content.entries ?? [])) if (await stillTrue(entry, ctx)) kept.push(entry);
  const entries = ordered([...new Map([...kept, ...fresh, ...coming].map((e) => [e.id, e])).values()]);
  const made = await announcements.add(
    {
      content: {
        kind: 'week',
        title: weekTitle(since, ctx.now, changelog.zone),
        since: since.toISOString(),
        text: '',
        audience: { areas: [], personas: [], teams: [] },
        entries,
      },
      author: owner.id,
      planned: nextWeekly(changelog.post, changelog.zone, ctx.now),
    },
    ctx.now,
  );
  const folded = await fold(old, made.number, ctx);
  const own = await ownCopies('tell', made, await sightOf(made, ctx), ctx);
  return [...folded, ...own, ...waitLater(made, ctx), ...next];
}
const earlier = (one: Date, other: string | undefined): Date =>
  other !== undefined && new Date(other) < one ? new Date(other) : one;

/** Its owner’s copies, and, once it is posted, everybody’s. */
async function reworked(it: Announcement, entries: readonly Entry[], ctx: Ctx<Store>): Promise<Effects> {
  const posted = it.state === 'posted';
  const change = { content: { ...it.content, entries }, ...(posted ? { corrected: ctx.now } : {}) };
  const after = await ctx.store.announcements.change(it.number, change, ctx.now);
  const sight = await sightOf(after, ctx);
  const own = await ownCopies('edit', after, sight, ctx);
  return posted ? [...everywhere(after, sight, ctx), ...own] : own;
}

const one = z.object({ number: z.int32().positive(), id: z.string().max(200) });
const no = (number: number, why: string): Effects => [whisper(noticeView(`Announcement #${number}`, why))];

/** One entry is moved, or dropped: only before people have read it. */
const onEntry = (name: string, change: (entries: readonly Entry[], id: string) => readonly Entry[]): Handler<Store> =>
  onPress(name, one, writers, async ({ number, id }, ctx: PersonCtx<Store>) => {
    const found = await allowed('drop', number, ctx);
    if ('why' in found) return no(number, found.why);
    const { entries = [] } = found.it.content;
    const after = change(entries, id);
    if (after.length === 0) return no(number, 'It is the last one: drop the whole draft instead.');
    return reworked(found.it, after, ctx);
  });

const wordForm = form({
  id: forms.word,
  title: 'Word it',
  submit: 'Save',
  fields: { words: { kind: 'text', label: 'What can people do now?', multiline: true, max: limits.title * 2 } },
});

const allOut = 'That is all of them: drop the whole draft instead.';
/** More than a card has room for are left out at once. What the form offers is what was there when it was opened. */
function pickForm(entries: readonly Entry[]): Form {
  const options = entries
    .slice(0, optionsMax)
    .map((e) => ({ value: e.id, label: shorten(`${kindNames[e.kind]}: ${e.text.replace(/\s+/g, ' ')}`, labelMax) }));
  return form({
    id: forms.pick,
    title: 'Leave out several',
    submit: 'Leave out',
    fields: { out: { kind: 'choices', label: 'What is not worth telling?', options } },
  });
}
const picked: SubmitHandler<Store> = {
  on: 'submit',
  name: forms.pick,
  may: writers,
  async run(answers, carry, ctx) {
    const { out } = z.object({ out: z.array(z.string()) }).parse(answers);
    const found = await allowed('drop', numbered.parse(JSON.parse(carry)).number, ctx);
    if ('why' in found) return refuse({ out: found.why });
    const left = (found.it.content.entries ?? []).filter((e) => !out.includes(e.id));
    return left.length === 0 ? refuse({ out: allOut }) : reworked(found.it, left, ctx);
  },
};

export const weekly: readonly Handler<Store>[] = [
  onObserved('started', z.object({}), async (_, ctx: Ctx<Store>) => [
    ...(await draftNext(ctx)),
    ...(await planAgain(ctx)),
  ]),
  onDue(jobs.plan, z.object({}), async (_, __, ctx: Ctx<Store>) => [
    ...(await draftNext(ctx)),
    ...(await planAgain(ctx)),
  ]),
  onDue(jobs.week, z.object({}), async (_, __, ctx: Ctx<Store>) => {
    const { changelog } = ctx.settings.announcements;
    return changelog ? compose(changelog, ctx) : [];
  }),
  onEntry(presses.up, raised),
  onEntry(presses.omit, (entries, id) => entries.filter((e) => e.id !== id)),
  onPress(presses.pick, numbered, writers, async ({ number }, ctx: PersonCtx<Store>) => {
    const found = await allowed('drop', number, ctx);
    if ('why' in found) return no(number, found.why);
    return [
      { kind: 'ask', form: pickForm(found.it.content.entries ?? []), carry: JSON.stringify({ number }), prior: {} },
    ];
  }),
  picked,
  onPress(presses.word, one, writers, async ({ number, id }, ctx: PersonCtx<Store>) => {
    const found = await allowed('edit', number, ctx);
    if ('why' in found) return no(number, found.why);
    const entry = found.it.content.entries?.find((e) => e.id === id);
    if (!entry) return no(number, 'It was left out meanwhile. Nothing was changed.');
    return [{ kind: 'ask', form: wordForm, carry: JSON.stringify({ number, id }), prior: { words: entry.text } }];
  }),
  onSubmit(wordForm, writers, async ({ words }, carry, ctx: PersonCtx<Store>) => {
    const { number, id } = one.parse(JSON.parse(carry));
    const found = await allowed('edit', number, ctx);
    if ('why' in found) return refuse({ words: found.why });
    const { entries = [] } = found.it.content;
    if (!entries.some((e) => e.id === id)) return refuse({ words: 'It was left out meanwhile. Nothing was changed.' });
    return reworked(
      found.it,
      entries.map((e) => (e.id === id ? { ...e, text: words } : e)),
      ctx,
    );
  }),
];

import { z } from 'zod';
import {
  nextOccurrences,
  problemOf,
  type Rule,
  type Schedule,
  scheduleSchema,
  type Weekday,
  weekdayOf,
  weekdays,
  zoneNamed,
} from '../calendar/index.ts';
import {
  type Ctx,
  type Effects,
  type Handler,
  isDirect,
  type Option,
  onCommand,
  onPress,
  type PersonCtx,
  type PersonId,
  type PlaceId,
  Problem,
  person,
  type Raw,
  type Refuse,
  refuse,
  type SubmitHandler,
  shorten,
  text,
  whisper,
} from '../kernel/index.ts';
import { plannedView } from './announce-view.ts';
import { repeats, seriesForm, seriesFormId } from './forms.ts';
import { ofSeries, presses, type Store } from './keys.ts';
import { answer, hostOnly } from './parts.ts';
import { announceNext, plan } from './planning.ts';
import { kinds, type Series } from './store.ts';
import { passRemoved } from './turns.ts';

/* Series are made and changed here, by a form; those of groundcrew.yaml are changed there. */

type Repeat = (typeof repeats)[number];
const nthOf = (day: string): 1 | 2 | 3 | 4 | 'last' => {
  const nth = Math.ceil(Number(day.slice(8)) / 7);
  // A fifth Monday is not in every month: who picks one means the last.
  return nth > 4 ? 'last' : (nth as 1 | 2 | 3 | 4);
};
const weeks =
  (every: number) =>
  (day: string, on: readonly Weekday[]): Rule => ({
    kind: 'weekly',
    every,
    on: on.length > 0 ? weekdays.filter((d) => on.includes(d)) : [weekdayOf(day)],
  });
const rules: Readonly<Record<Repeat, (day: string, on: readonly Weekday[]) => Rule>> = {
  once: () => ({ kind: 'once' }),
  week: weeks(1),
  '2-weeks': weeks(2),
  '3-weeks': weeks(3),
  '4-weeks': weeks(4),
  month: (day) => ({ kind: 'monthly', every: 1, nth: nthOf(day), weekday: weekdayOf(day) }),
  last: (day) => ({ kind: 'monthly', every: 1, nth: 'last', weekday: weekdayOf(day) }),
};
const repeatOf = ({ start, rule }: Schedule): Repeat | undefined =>
  repeats.find((r) => JSON.stringify(rules[r](start, daysOf(rule))) === JSON.stringify(rule));
const daysOf = (rule: Rule): readonly Weekday[] =>
  rule.kind === 'weekly' ? weekdays.filter((d) => rule.on.includes(d)) : [];

/** Of one that takes place on the weekday of its first day none is chosen: it follows when that day is changed. */
const chosenDays = ({ start, rule }: Schedule): Weekday[] => {
  const days = daysOf(rule);
  return days.length === 1 && days[0] === weekdayOf(start) ? [] : [...days];
};

const byWeeks: readonly Repeat[] = ['week', '2-weeks', '3-weeks', '4-weeks'];

/** Values of the form's lists. */
const here = 'here';
const updates = 'updates';
const kept = 'kept';

const answers = z.object({
  title: z.string(),
  kind: z.enum(kinds),
  day: z.string(),
  at: z.string(),
  zone: z.string(),
  repeats: z.enum(repeats),
  on: z.array(z.enum(weekdays)).default([]),
  minutes: z.number(),
  slots: z.number().optional(),
  queue: z.boolean().default(false),
  hosts: z.array(z.string()),
  link: z.string().optional(),
  about: z.string().optional(),
  places: z.array(z.string()).default([]),
});
const carried = z.object({ series: z.int32().optional(), place: z.string().optional() });

const mostHosts = 80;
async function hostOptions(ctx: PersonCtx<Store>, series?: Series): Promise<readonly Option[]> {
  const holding = await ctx.store.people.holding(['platform', 'product', 'admin'], mostHosts);
  const own = await Promise.all((series?.hosts ?? []).map((h) => ctx.store.people.byId(h)));
  const all = [ctx.by, ...own.filter((p) => p !== undefined), ...holding];
  return [...new Map(all.map((p) => [p.id, { value: p.id, label: shorten(p.name, 75) }])).values()];
}
function placeOptions(place: PlaceId | undefined, ctx: Ctx<Store>, series?: Series): readonly Option[] {
  return [
    ...(series && series.places.length > 0 ? [{ value: kept, label: 'Those that hear of it now' }] : []),
    ...(place && !isDirect(place) && !series?.places.includes(place) ? [{ value: here, label: 'This channel' }] : []),
    ...(ctx.settings.channels.updates.length > 0 ? [{ value: updates, label: 'The channels for updates' }] : []),
  ];
}

const inYaml = (series: Series): string =>
  `“${series.title}” is kept in groundcrew.yaml, as ${series.slug}. Change it there: it’s read again at once. Single sessions can be moved and skipped here.`;

async function ask(ctx: PersonCtx<Store>, series?: Series): Promise<Effects> {
  if (series?.slug !== undefined) return [answer(series.title, inYaml(series))];
  const places = placeOptions(ctx.place, ctx, series);
  const definition = seriesForm(await hostOptions(ctx, series), places, series);
  const { places: field, ...others } = definition.fields;
  const carry = { ...(series ? { series: series.number } : {}), ...(ctx.place ? { place: ctx.place } : {}) };
  return [
    {
      kind: 'ask',
      // A list of nothing can’t be drawn.
      form: { ...definition, fields: places.length > 0 ? { ...others, places: field } : others },
      carry: JSON.stringify(carry),
      prior: series ? filled(series) : fresh(ctx, places),
    },
  ];
}
const fresh = (ctx: PersonCtx<Store>, places: readonly Option[]): Raw => ({
  kind: 'office-hours',
  zone: ctx.by.zone,
  repeats: 'week',
  minutes: '60',
  slots: '20',
  queue: 'true',
  hosts: [ctx.by.id],
  places: places.map((p) => p.value),
});
const filled = (series: Series): Raw => ({
  title: series.title,
  kind: series.kind,
  day: series.schedule.start,
  at: series.schedule.at,
  zone: series.schedule.zone,
  repeats: repeatOf(series.schedule) ?? '',
  on: chosenDays(series.schedule),
  minutes: String(series.minutes),
  queue: String(series.queue),
  hosts: [...series.hosts],
  ...(series.slotMinutes === undefined ? {} : { slots: String(series.slotMinutes) }),
  ...(series.link === undefined ? {} : { link: series.link }),
  ...(series.about === undefined ? {} : { about: series.about }),
  ...(series.places.length > 0 ? { places: [kept] } : {}),
});

/** Which field a problem of a schedule is about. */
const fieldOf: Readonly<Record<string, string>> = { zone_unknown: 'zone', recurring_start_refused: 'at' };

function scheduleOf(given: z.output<typeof answers>, before?: Series): Schedule | Refuse {
  try {
    const schedule = scheduleSchema.parse({
      start: given.day,
      at: given.at,
      zone: zoneNamed(given.zone),
      rule: rules[given.repeats](given.day, given.on),
      changes: before?.schedule.changes ?? [],
    });
    const problem = problemOf(schedule);
    if (problem) throw problem;
    return schedule;
  } catch (error) {
    if (error instanceof Problem) return refuse({ [fieldOf[error.code] ?? 'day']: error.message });
    throw error;
  }
}

async function save(raw: unknown, carry: string, ctx: PersonCtx<Store>): Promise<Effects | Refuse> {
  const given = answers.parse(raw);
  const { series: number, place } = carried.parse(JSON.parse(carry));
  const before = number === undefined ? undefined : await ctx.store.officeHours.takeSeries(number);
  if (before) hostOnly(ctx.by, before);
  if (given.on.length > 0 && !byWeeks.includes(given.repeats))
    return refuse({
      on: 'Only what repeats by weeks can be on weekdays of your choice. Leave this empty, or repeat it by weeks.',
    });
  const schedule = scheduleOf(given, before);
  if ('errors' in schedule) return schedule;
  if (given.slots !== undefined && given.slots > given.minutes)
    return refuse({ slots: `One conversation can’t take longer than all of it, which is ${given.minutes} minutes.` });
  if (nextOccurrences(schedule, ctx.now, 1).length === 0)
    return refuse({ day: 'This has passed, so there would be nothing to come. Please choose a later day or time.' });
  const everyone = given.slots === undefined && !given.queue && given.kind === 'office-hours';
  if (everyone) return refuse({ queue: 'Without times to choose and without a queue nobody could come. Choose one.' });
  const places: readonly PlaceId[] = given.places.flatMap((p): readonly PlaceId[] => {
    if (p === here) return place === undefined ? [] : [place as PlaceId];
    return p === updates ? ctx.settings.channels.updates : (before?.places ?? []);
  });
  const plain = {
    title: given.title,
    schedule,
    minutes: given.minutes,
    queue: given.queue,
    places: [...new Set(places)],
    hosts: given.hosts as PersonId[],
  };
  const { slots: slotMinutes, link, about } = given;
  if (before) {
    const change = { ...plain, slotMinutes: slotMinutes ?? null, link: link ?? null, about: about ?? null };
    await ctx.store.officeHours.changeSeries(before.number, change, ctx.now);
    const after = await ctx.store.officeHours.takeSeries(before.number);
    if (!after) return [];
    const settled = await settle(after, true, ctx);
    return [...settled, ...(await passRemoved(before, after, text`${person(ctx.by.id)} changed who hosts.`, ctx))];
  }
  const made = await ctx.store.officeHours.addSeries({
    ...plain,
    kind: given.kind,
    created: ctx.now,
    ...(slotMinutes === undefined ? {} : { slotMinutes }),
    ...(link === undefined ? {} : { link }),
    ...(about === undefined ? {} : { about }),
  });
  return settle(made, false, ctx);
}

async function settle(series: Series, changed: boolean, ctx: PersonCtx<Store>): Promise<Effects> {
  const planned = await plan(series, ctx);
  const [next] = await ctx.store.officeHours.next(series.number, 1);
  return [...planned, whisper(plannedView(series, next, changed)), ...(await announceNext(series, ctx))];
}

const made: SubmitHandler<Store> = { on: 'submit', name: seriesFormId, may: 'anyone', run: save };

async function taken(number: number, ctx: PersonCtx<Store>): Promise<Series> {
  const series = await ctx.store.officeHours.takeSeries(number);
  if (!series) throw new Problem('office_hours_unknown', 'I don’t know these office hours. Ask me for “office-hours”.');
  hostOnly(ctx.by, series);
  return series;
}

export const making: readonly Handler<Store>[] = [
  onCommand(
    'office-hours new',
    { summary: 'Plan office hours, a workshop or a demo', may: ['platform', 'product'] },
    async (_, ctx) => ask(ctx),
  ),
  onPress(presses.newSeries, z.object({}), ['platform', 'product'], async (_, ctx: PersonCtx<Store>) => ask(ctx)),
  onPress(presses.editSeries, ofSeries, 'anyone', async ({ series }, ctx: PersonCtx<Store>) =>
    ask(ctx, await taken(series, ctx)),
  ),
  made,
  onPress(presses.endSeries, ofSeries, 'anyone', async ({ series: number }, ctx: PersonCtx<Store>) => {
    const series = await taken(number, ctx);
    if (series.slug !== undefined) return [answer(series.title, inYaml(series))];
    if (series.ended) return [answer(series.title, 'It has ended already.')];
    await ctx.store.officeHours.changeSeries(number, { ended: ctx.now }, ctx.now);
    const effects = await plan({ ...series, ended: ctx.now }, ctx);
    return [...effects, answer(series.title, 'It has ended. Everybody who had signed up was told.', 'good')];
  }),
];

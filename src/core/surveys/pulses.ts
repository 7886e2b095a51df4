import { nextOccurrences } from '../calendar/index.ts';
import type { Ctx, Effect, Effects, PersonId } from '../kernel/index.ts';
import { addDays, addHours } from '../kernel/instants.ts';
import type { WithPeople } from '../people/store.ts';
import { next } from './asking.ts';
import { askAt } from './audience.ts';
import { tellWhatCame } from './did.ts';
import { later } from './keys.ts';
import type { Survey, Trigger } from './model.ts';
import type { Run, WithSurveys } from './store.ts';

/*
 * Two questions after something happened to somebody: a run that stays open for a month and takes people in as it goes, so
 * that there is a crowd to hide in when it closes.
 */

type Fresh = Ctx<WithSurveys & WithPeople>;

/** How long after it happened somebody is asked: when they have had a look at it. */
const restHours = 1;
/** A survey that comes first, such as the quarterly one, is not spoilt by a pulse in the days before it. */
const reservedDays = 7;

/** Whether a survey that rests for nobody opens soon. */
function reserved(all: readonly Survey[], now: Date): boolean {
  const until = addDays(now, reservedDays);
  return all.some((s) => {
    const opens = s.restDays === 0 && s.schedule ? nextOccurrences(s.schedule, now, 1)[0]?.startsAt : undefined;
    return opens !== undefined && opens < until;
  });
}

async function currentOf(survey: Survey, ctx: Fresh): Promise<readonly [Run, Effects]> {
  await ctx.store.surveys.hold(survey.name);
  const found = (await ctx.store.surveys.current()).find((r) => r.survey.name === survey.name && r.state === 'open');
  const open = found && (await ctx.store.surveys.share(found.id));
  if (open?.state === 'open') return [open, []];
  const closes = addDays(ctx.now, survey.openDays);
  const run = await ctx.store.surveys.plan({
    id: ctx.id(),
    survey,
    state: 'open',
    opens: ctx.now,
    closes,
    seed: ctx.id(),
  });
  return [run, [...(await tellWhatCame(survey.name, ctx)), later('end', run.id, closes)]];
}

/** Asks people about what has just happened to them, unless they were asked something lately. */
export async function pulse(trigger: Trigger, people: readonly PersonId[], ctx: Fresh): Promise<Effects> {
  const all = await ctx.store.surveys.all();
  const surveys = all.filter((s) => s.trigger === trigger);
  if (surveys.length === 0 || people.length === 0 || reserved(all, ctx.now)) return [];
  const effects: Effect[] = [];
  for (const survey of surveys) {
    const resting = await ctx.store.surveys.rested(survey.name, 0, addDays(ctx.now, -survey.restDays));
    const [run, opened] = await currentOf(survey, ctx);
    effects.push(...opened);
    for (const id of people) {
      const person = resting.has(id) ? undefined : await ctx.store.people.byId(id);
      if (!person || person.guest) continue;
      await ctx.store.surveys.invite(run.id, [
        {
          token: ctx.id(),
          person: person.id,
          at: askAt(person, addHours(ctx.now, restHours), ctx.settings),
          ...(person.teams[0] === undefined ? {} : { team: person.teams[0] }),
          ...(person.persona === undefined ? {} : { persona: person.persona }),
        },
      ]);
    }
    effects.push(...(await next(run, ctx)));
  }
  return effects;
}

import {
  type AccountId,
  type Answer,
  buttonsOf,
  type PersonId,
  type Profile,
  type View,
} from '../../src/core/kernel/index.ts';
import type { Answer as Said } from '../../src/core/surveys/branching.ts';
import { type Survey, surveySchema } from '../../src/core/surveys/model.ts';
import { askedIn, grace, type House } from './house.ts';

const tenant = '11111111-1111-4111-8111-111111111111';
export const onSlack = (n: number, more: Partial<Profile> = {}): Profile => ({
  account: `slack:T1/U${n}` as AccountId,
  name: `Person ${n}`,
  email: `p${n}@acme.test`,
  zone: 'Europe/London',
  active: true,
  ...more,
});
export const onTeams = (n: number, more: Partial<Profile> = {}): Profile => ({
  ...onSlack(n, more),
  account: `teams:${tenant}/u${n}` as AccountId,
});

export const survey = (more: object): Survey =>
  surveySchema.parse({
    name: 'pulse',
    title: 'How is it going?',
    intro: 'A few questions.',
    restDays: 0,
    questions: [{ key: 'nps', kind: 'nps', ask: 'Would you recommend it?' }],
    ...more,
  });

export async function meet(house: House, ...profiles: readonly Profile[]): Promise<readonly PersonId[]> {
  const { people } = house.store.direct.features;
  const ids: PersonId[] = [];
  for (const profile of profiles) {
    await people.arrive(profile.account, {}, house.clock.now());
    const person = await people.learn(profile, house.clock.now());
    if (!person) throw new Error(`${profile.account} was not met`);
    ids.push(person.id);
  }
  return ids;
}

let reads = 0;
export async function readSurveys(house: House, ...surveys: readonly Survey[]): Promise<void> {
  const input = JSON.parse(JSON.stringify({ surveys }));
  reads += 1;
  const delivery = `surveys.read/${reads}`;
  await house.engine.report({ kind: 'observed', what: 'surveys.read', input, at: house.clock.now(), delivery });
}

/** Lets so much time pass, and the clock’s rows be done, beat by beat. */
export async function pass(house: House, ms: number): Promise<void> {
  house.clock.jump(ms);
  for (let i = 0; i < 6; i++) {
    await house.engine.tick();
    await house.work();
    house.clock.jump(1_000);
  }
}
export const minutes = (n: number) => n * 60_000;
export const days = (n: number) => n * 24 * 3_600_000;

/** Opens a survey as a platform person does, and lets it be asked. */
export async function opened(house: House, each: Survey): Promise<void> {
  await readSurveys(house, each);
  await house.act(house.press(grace, 'surveys.open', { name: each.name }));
  await pass(house, 1_000);
}

/** What was told to somebody, latest last. */
export const toldTo = (house: House, who: Profile): readonly View[] =>
  [...house.slack.outgoing, ...house.teams.outgoing].flatMap((o) =>
    o.kind === 'direct' && o.account === who.account ? [o.view] : [],
  );

export function pressOn(house: House, who: Profile, view: View, label: string) {
  const button = buttonsOf(view).find((b) => b.label === label || b.label === `✓ ${label}`);
  if (!button) throw new Error(`${label}: ${buttonsOf(view).map((b) => b.label)}`);
  return house.from<'press'>(who, { kind: 'press', press: button.press });
}

/** The card as an answer draws it anew. */
export function drawn(answer: Answer): View {
  const over = answer.replies.find((r) => r.kind === 'whisper' && r.over);
  if (over?.kind !== 'whisper') throw new Error(`nothing was drawn: ${JSON.stringify(answer.replies)}`);
  return over.view;
}

const tap = async (house: House, who: Profile, view: View, label: string): Promise<View> =>
  drawn(await house.act(pressOn(house, who, view, label)));

/** Answers one question after the other by what its buttons say; null is “I don’t know”. Returns the card after that. */
export async function answer(
  house: House,
  who: Profile,
  from: View,
  says: readonly (Said | { readonly words: string })[],
) {
  let view = from;
  for (const each of says) {
    if (each === null) view = await tap(house, who, view, 'I don’t know');
    else if (typeof each === 'string') view = await tap(house, who, view, each);
    else if ('words' in each) {
      const asked = await house.act(pressOn(house, who, view, 'Write'));
      await house.act(house.submit(who, askedIn(asked), { words: each.words }));
      view = await tap(house, who, drawn(asked), 'Go on');
    } else {
      for (const one of each) view = await tap(house, who, view, one);
      view = await tap(house, who, view, 'Go on');
    }
  }
  return view;
}

export async function begin(house: House, who: Profile): Promise<View> {
  const card = toldTo(house, who).at(-1);
  if (!card) throw new Error(`${who.account} was told nothing`);
  return tap(house, who, card, 'Start');
}

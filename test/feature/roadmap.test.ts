import { describe, expect, test } from 'vitest';
import type { Catalog } from '../../src/core/catalog/path.ts';
import { presses } from '../../src/core/feedback/buttons.ts';
import type { State } from '../../src/core/feedback/rules.ts';
import { buttonsOf, type Effect, type PersonId, type Profile, type View } from '../../src/core/kernel/index.ts';
import { newsPresses } from '../../src/core/roadmap/news-view.ts';
import { agreed } from '../../src/core/roadmap/reactions.ts';
import { voicePresses } from '../../src/core/roadmap/voice-view.ts';
import { settingsSchema } from '../../src/core/settings.ts';
import { lacks } from '../../src/store/pool.ts';
import { ada, adaTeams, askedIn, grace, graceTeams, mira, openHouse, settings } from '../support/house.ts';
import { ownDatabase } from '../support/own-database.ts';
import { catalog } from '../support/paths.ts';
import { openStage, type Stage } from '../support/stage.ts';
import { whisperedIn, wordsOf } from '../support/words.ts';

const database = await ownDatabase();

const bo: Profile = { ...ada, account: 'slack:T1/UBO' as never, name: 'Bo', email: 'bo@acme.test' };
const cy: Profile = {
  ...ada,
  account: 'teams:11111111-1111-4111-8111-111111111111/cy' as never,
  name: 'Cy',
  email: 'cy@acme.test',
};
const teamed = settingsSchema.parse({
  ...settings,
  requests: undefined,
  roadmap: undefined,
  doctor: undefined,
  reminders: undefined,
  quotas: undefined,
  budgets: undefined,
  teams: {
    checkout: { emails: ['ada@acme.test', 'bo@acme.test'] },
    search: { emails: ['bo@acme.test', 'cy@acme.test'] },
  },
});

const whispered = (effects: readonly Effect[]): string =>
  effects.flatMap((e) => (e.kind === 'whisper' ? [wordsOf(e.view)] : [])).join('\n');
const views = (effects: readonly Effect[], kind: Effect['kind']): readonly View[] =>
  effects.flatMap((e) => (e.kind === kind && 'view' in e ? [e.view] : []));
const tells = (effects: readonly Effect[]) => effects.flatMap((e) => (e.kind === 'tell' ? [e] : []));

/** Sends feedback by the form; returns what came of it. */
async function send(stage: Stage, who: Profile, what: string, pain = 3) {
  const [ask] = (await stage.command(who, 'feedback')).effects;
  return (await stage.fill(who, ask, { what, why: `Because of ${what}.`, pain: String(pain) })).effects;
}
async function wish(stage: Stage, who: Profile, what: string, state?: State): Promise<number> {
  const person = await stage.store.direct.features.people.byAccount(who.account);
  const item = await stage.store.direct.features.feedback.add({
    requester: person?.id as PersonId,
    account: who.account,
    what,
    why: 'x',
    pain: 3,
    created: stage.now(),
  });
  if (state) await stage.store.direct.features.feedback.moved(item.number, { move: 'note', state, at: stage.now() });
  return item.number;
}
const meToo = (stage: Stage, who: Profile, number: number) => stage.press(who, presses.meToo, { number });
const move = (stage: Stage, number: number, what: string) =>
  stage.press(grace, presses.move, { number, move: what }).then((p) => p.effects);
async function ship(stage: Stage, number: number, words = 'Go and see.', link?: string) {
  const [ask] = await move(stage, number, 'ship');
  return (await stage.fill(grace, ask, { words, ...(link ? { link } : {}) })).effects;
}
async function merge(stage: Stage, part: number, whole: number) {
  const [ask] = (await stage.press(grace, 'roadmap.bond', { number: part, bond: 'merge' })).effects;
  return stage.fill(grace, ask, { other: String(whole) });
}
/** The clock comes to the job that tells people, as often as it wants to. */
async function tellAll(stage: Stage): Promise<readonly Extract<Effect, { kind: 'tell' }>[]> {
  const told: Extract<Effect, { kind: 'tell' }>[] = [];
  for (let again = true; again; ) {
    const { effects } = await stage.due('roadmap.tell', {});
    told.push(...tells(effects));
    again = effects.some((e) => e.kind === 'later' && e.at <= stage.now());
  }
  return told;
}

describe('similar items', () => {
  test('are shown before something is sent; one tap joins, with all that was written', async () => {
    const stage = openStage(database);
    const [, boId] = (await stage.meet(ada, bo, grace)) as [PersonId, PersonId];
    await send(stage, ada, 'Preview environments that start in under a minute');
    const asked = await send(stage, bo, 'Faster preview environments', 5);
    expect(asked.map((e) => e.kind)).toEqual(['whisper']);
    const [view] = views(asked, 'whisper');
    expect(wordsOf(view as View)).toContain('#1 Preview environments that start in under a minute');
    expect(buttonsOf(view as View).map((b) => b.label)).toEqual(['Me too', 'None of these: send mine']);
    expect(await stage.store.direct.features.feedback.mine(boId, 9)).toEqual([]);

    const press = buttonsOf(view as View)[0]?.press;
    const { effects } = await stage.press(bo, press?.name ?? '', JSON.parse(press?.value ?? ''));
    expect(whispered(effects)).toContain('2 asked');
    expect(effects.map((e) => e.kind)).toEqual(['whisper', 'edit', 'edit', 'reply']);
    expect(wordsOf(views(effects, 'reply')[0] as View)).toContain('Because of Faster preview environments.');
    expect(await stage.store.direct.features.roadmap.voices(1)).toMatchObject([{ person: boId, pain: 5 }]);
    // The draft is used up: neither button does it again.
    await expect(stage.press(bo, press?.name ?? '', JSON.parse(press?.value ?? ''))).rejects.toMatchObject({
      code: 'draft_unknown',
    });
  });

  test('none of these sends it, once', async () => {
    const stage = openStage(database);
    const [, boId] = (await stage.meet(ada, bo)) as [PersonId, PersonId];
    await send(stage, ada, 'Faster builds in CI');
    const [view] = views(await send(stage, bo, 'Faster CI builds'), 'whisper');
    const press = buttonsOf(view as View).at(-1)?.press;
    const { effects } = await stage.press(bo, press?.name ?? '', JSON.parse(press?.value ?? ''));
    expect(effects.map((e) => e.kind)).toEqual(['tell', 'say', 'say']);
    expect((await stage.store.direct.features.feedback.mine(boId, 9)).map((f) => f.what)).toEqual(['Faster CI builds']);
    await expect(stage.press(bo, press?.name ?? '', JSON.parse(press?.value ?? ''))).rejects.toMatchObject({
      code: 'draft_unknown',
    });
    // Nobody sends what somebody else wrote.
    const [other] = views(await send(stage, ada, 'Faster builds in our CI'), 'whisper');
    const theirs = buttonsOf(other as View).at(-1)?.press;
    await expect(stage.press(bo, theirs?.name ?? '', JSON.parse(theirs?.value ?? ''))).rejects.toMatchObject({
      code: 'draft_unknown',
    });
  });

  test.each([
    ['Faster builds', 'Dark mode for the portal', false],
    ['Faster builds', 'faster bulids', true],
    ['GPU notebooks', 'Notebooks with a GPU', true],
    ['Preview databases', 'Bigger databases for previews', true],
    ["'; drop table groundcrew.feedback; --", "'; drop table groundcrew.feedback; --", true],
    ['a & b | !c <-> (d', '& | ! <-> ( ) : *', false],
  ])('%j and %j: alike %s', async (one, other, alike) => {
    const stage = openStage(database);
    await stage.meet(ada, bo);
    await send(stage, ada, one);
    expect((await send(stage, bo, other)).some((e) => e.kind === 'whisper')).toBe(alike);
  });

  test('without pg_trgm they are found by words alone', async () => {
    await database.pool.query('drop extension if exists pg_trgm cascade');
    const stage = openStage(database);
    await stage.meet(ada, bo);
    await send(stage, ada, 'Faster builds in CI');
    expect((await send(stage, bo, 'CI builds')).map((e) => e.kind)).toEqual(['whisper']);
    expect((await send(stage, bo, 'Fastr biulds')).map((e) => e.kind)).toEqual(['tell', 'say', 'say']);
    expect(await lacks(database.pool)).toEqual([expect.stringContaining('create extension pg_trgm')]);
    await database.pool.query('create extension pg_trgm with schema public');
    expect(await lacks(database.pool)).toEqual([]);
  });
});

describe('me too', () => {
  test('counts one human once, on whichever platform they are, and the requester not at all', async () => {
    const stage = openStage(database);
    await stage.meet(ada, adaTeams, bo, grace);
    const number = await wish(stage, ada, 'Faster builds');
    expect(whispered((await meToo(stage, adaTeams, number)).effects)).toContain('1 asked');
    expect(whispered((await meToo(stage, bo, number)).effects)).toContain('2 asked');
    const twice = await meToo(stage, bo, number);
    expect(whispered(twice.effects)).toContain('2 asked');
    expect(twice.effects.map((e) => e.kind)).toEqual(['whisper']);
  });

  test('takes how much it hurts and for which team, and can be taken back', async () => {
    const stage = openStage(database, () => teamed);
    await stage.meet(ada, bo, grace);
    const number = await wish(stage, ada, 'Faster builds');
    await meToo(stage, bo, number);
    const [ask] = (await stage.press(bo, voicePresses.hurts, { number })).effects;
    expect(ask?.kind === 'ask' && Object.keys(ask.form.fields)).toEqual(['pain', 'team']);
    const { effects } = await stage.fill(bo, ask, { pain: '5', team: 'search' });
    expect(whispered(effects)).toContain('●●●●● it blocks us');
    expect(await stage.store.direct.features.roadmap.voices(number)).toMatchObject([{ pain: 5, team: 'search' }]);
    const back = await stage.press(bo, voicePresses.takeBack, { number });
    expect(whispered(back.effects)).toContain('Taken back');
    expect(await stage.store.direct.features.roadmap.voices(number)).toEqual([]);
  });

  test('on a merged item counts for the whole, and an unknown one is said so', async () => {
    const stage = openStage(database);
    await stage.meet(ada, bo, cy, grace);
    const [one, two] = [await wish(stage, ada, 'Faster builds'), await wish(stage, bo, 'Quick pipelines')];
    await merge(stage, one, two);
    expect(whispered((await meToo(stage, cy, one)).effects)).toContain('Quick pipelines: 3 asked');
    await expect(meToo(stage, cy, 99)).rejects.toMatchObject({ code: 'feedback_unknown' });
  });
});

describe('telling', () => {
  test('everybody who wants it hears that it is planned, once, and of nothing in between', async () => {
    const stage = openStage(database);
    const [adaId, boId, cyId] = (await stage.meet(ada, bo, cy, grace)) as [PersonId, PersonId, PersonId];
    const number = await wish(stage, ada, 'Faster builds');
    await meToo(stage, bo, number);
    await meToo(stage, cy, number);
    const planned = await move(stage, number, 'plan');
    expect(tells(planned).map((t) => t.person)).toEqual([adaId]);
    expect((await tellAll(stage)).map((t) => [t.person, t.via]).sort()).toEqual(
      [
        [boId, bo.account],
        [cyId, cy.account],
      ].sort(),
    );
    expect(await tellAll(stage)).toEqual([]);
    for (const quiet of ['start', 'review', 'start']) expect(tells(await move(stage, number, quiet))).toEqual([]);
    expect(await tellAll(stage)).toEqual([]);
  });

  test('whoever muted it, left, or did it themselves is not told', async () => {
    const stage = openStage(database);
    const [adaId] = (await stage.meet(ada, bo, cy, grace, mira)) as [PersonId];
    const number = await wish(stage, ada, 'Faster builds');
    for (const who of [bo, cy, grace, mira]) await meToo(stage, who, number);
    await stage.press(bo, presses.mute, { number });
    await stage.store.direct.features.people.left(cy.account);
    expect(tells(await ship(stage, number))).toEqual([]);
    stage.pass(3);
    const told = await tellAll(stage);
    const miraId = (await stage.store.direct.features.people.byAccount(mira.account))?.id;
    expect(told.map((t) => t.person).sort()).toEqual([adaId, miraId].sort());
  });

  test('several that ship within minutes are one message a person; what was a slip is not told', async () => {
    const stage = openStage(database);
    const [adaId, boId] = (await stage.meet(ada, bo, grace)) as [PersonId, PersonId];
    const [one, two, three] = [
      await wish(stage, ada, 'Faster builds'),
      await wish(stage, ada, 'Preview databases'),
      await wish(stage, bo, 'GPU notebooks'),
    ];
    await meToo(stage, bo, one);
    await ship(stage, one, 'Builds take a minute.', 'https://docs.acme.test/builds');
    stage.pass(1);
    await ship(stage, two);
    await ship(stage, three);
    await move(stage, three, 'reopen');
    expect(await tellAll(stage)).toEqual([]);
    stage.pass(3);
    const told = await tellAll(stage);
    expect(told.map((t) => t.person).sort()).toEqual([adaId, boId].sort());
    const [mine] = told.filter((t) => t.person === adaId);
    expect(mine?.view.title).toBe('2 things that you wanted are here');
    expect(buttonsOf(mine?.view as View).map((b) => b.label)).toEqual(['Solved', 'Not quite', 'Solved', 'Not quite']);
    const [theirs] = told.filter((t) => t.person === boId);
    expect(wordsOf(theirs?.view as View)).toContain('You wanted it too on 2026-03-02');
    expect(wordsOf(theirs?.view as View)).toContain('It is here: Builds take a minute. Try it');
  });

  test('what ships again and again is told all the same, and what ships at once asks for its own time', async () => {
    const stage = openStage(database);
    const [adaId] = (await stage.meet(ada, grace)) as [PersonId];
    const { gather } = settings.roadmap;
    let last: Date | undefined;
    for (let minute = 0; minute < 9; minute++) {
      const effects = await ship(stage, await wish(stage, ada, `Wish ${minute}`));
      last = effects.flatMap((e) => (e.kind === 'later' ? [e.at] : []))[0];
      expect(await tellAll(stage)).toEqual([]);
      stage.pass(1);
    }
    expect(last).toEqual(new Date(Date.parse('2026-03-02T09:00:00Z') + 5 * gather * 1000));
    stage.pass(1);
    expect((await tellAll(stage)).map((t) => [t.person, t.view.title])).toEqual([
      [adaId, '9 things that you wanted are here'],
    ]);
    // The job that comes too early for one, as after two that shipped at the same moment, comes again.
    await ship(stage, await wish(stage, ada, 'One more'));
    const { effects } = await stage.due('roadmap.tell', {});
    const at = new Date(stage.now().getTime() + gather * 1000);
    expect(effects).toMatchObject([{ kind: 'later', job: 'roadmap.tell', at }]);
  });

  test.each([
    ['Slack', ada],
    ['Teams', adaTeams],
  ])(
    'what is about a golden path is tried in its form, in %s; what is not there any more is not offered',
    async (_, who) => {
      let paths: Catalog = catalog;
      const stage = openStage(
        database,
        () => teamed,
        () => paths,
      );
      await stage.meet(who, grace);
      const number = await wish(stage, who, 'A database of our own');
      const { feedback } = stage.store.direct.features;
      await feedback.moved(number, { move: 'detail', state: 'received', at: stage.now() }, { path: 'postgres' });
      await ship(stage, number, 'Ask for one.', 'https://docs.acme.test/db');
      stage.pass(5);
      const [told] = await tellAll(stage);
      const labels = (view: View | undefined) => (view ? buttonsOf(view).map((b) => b.label) : []);
      expect(labels(told?.view)).toEqual(['Try it', 'Solved', 'Not quite']);
      expect(wordsOf(told?.view as View)).toContain('Ask for one. Read how');
      const press = buttonsOf(told?.view as View)[0]?.press;
      const pressed = await stage.press(who, press?.name ?? '', JSON.parse(press?.value ?? ''));
      expect(pressed.effects).toMatchObject([{ kind: 'ask', form: { id: 'request.ask' } }]);
      const [item] = views((await stage.press(who, presses.more, { number })).effects, 'whisper');
      expect(labels(item)).toContain('Try it');
      // The message that told them is drawn again when they say that it helps.
      paths = { ...catalog, paths: [] };
      const solved = await stage.press(who, newsPresses.solved, { number });
      expect(labels(views(solved.effects, 'edit')[0])).toEqual([]);
      const [gone] = views((await stage.press(who, presses.more, { number })).effects, 'whisper');
      expect(labels(gone)).not.toContain('Try it');
      expect(wordsOf(gone as View)).toContain('Where: Try it');
    },
  );

  test('a link that is none is refused in the form', async () => {
    const stage = openStage(database);
    await stage.meet(ada, grace);
    const number = await wish(stage, ada, 'Faster builds');
    const [ask] = await move(stage, number, 'ship');
    for (const link of ['javascript:alert(1)', 'no link', 'mailto:a@b.c'])
      expect((await stage.fill(grace, ask, { words: 'x', link })).errors).toHaveProperty('link');
    expect(await stage.store.direct.features.feedback.history(number)).toEqual([]);
  });

  test('Solved is kept and said; Not quite opens it again with the words on the card', async () => {
    const stage = openStage(database);
    const [, boId] = (await stage.meet(ada, bo, cy, grace)) as [PersonId, PersonId];
    const number = await wish(stage, ada, 'Faster builds');
    await meToo(stage, bo, number);
    await meToo(stage, cy, number);
    await ship(stage, number);
    stage.pass(3);
    await tellAll(stage);
    const solved = await stage.press(ada, newsPresses.solved, { number });
    expect(wordsOf(views(solved.effects, 'edit')[0] as View)).toContain('You said that it helps.');
    expect(buttonsOf(views(solved.effects, 'edit')[0] as View)).toEqual([]);

    const [ask] = (await stage.press(bo, newsPresses.notQuite, { number })).effects;
    const back = await stage.fill(bo, ask, { words: 'Only on main.' });
    const { feedback } = stage.store.direct.features;
    expect((await feedback.take(number))?.state).toBe('received');
    expect((await feedback.history(number)).at(-1)).toMatchObject({ by: boId, move: 'return', words: 'Only on main.' });
    expect(wordsOf(views(back.effects, 'reply')[0] as View)).toContain('Only on main.');
    expect(tells(back.effects)).toEqual([]);
    // A second one adds their words; nothing is opened twice.
    const [again] = (await stage.press(cy, newsPresses.notQuite, { number })).effects;
    await stage.fill(cy, again, { words: 'Not on Windows.' });
    expect((await feedback.history(number)).at(-1)).toMatchObject({ move: 'note', words: 'Not on Windows.' });
    await expect(stage.press(grace, newsPresses.solved, { number })).rejects.toMatchObject({
      code: 'feedback_not_asked',
    });
  });
});

describe('merging', () => {
  test('unites who asked; decided once, told once; and it can be taken apart again', async () => {
    const stage = openStage(database);
    const [adaId, boId, cyId] = (await stage.meet(ada, bo, cy, grace)) as [PersonId, PersonId, PersonId];
    const [one, two] = [await wish(stage, ada, 'Faster builds'), await wish(stage, bo, 'Quick pipelines')];
    await meToo(stage, cy, one);
    await meToo(stage, cy, two);
    expect(whispered((await merge(stage, one, two)).effects)).toContain('3 asked');
    expect(whispered(await move(stage, one, 'plan'))).toContain(`It is part of #${two} now.`);
    await ship(stage, two);
    stage.pass(3);
    expect((await tellAll(stage)).map((t) => t.person).sort()).toEqual([adaId, boId, cyId].sort());
    await move(stage, two, 'reopen');
    await stage.press(grace, presses.unmerge, { number: one });
    expect((await stage.store.direct.features.roadmap.counts([one, two])).get(two)).toEqual([
      { asked: 2, affected: 0 },
    ]);
    const history = await stage.store.direct.features.feedback.history(one);
    expect(history.map((h) => h.move)).toEqual(['merge', 'unmerge']);
  });

  test('never goes round in a circle', async () => {
    const stage = openStage(database);
    await stage.meet(ada, grace);
    const [one, two, three] = [await wish(stage, ada, 'A'), await wish(stage, ada, 'B'), await wish(stage, ada, 'C')];
    await merge(stage, one, two);
    await merge(stage, two, three);
    for (const target of [one, two, three])
      expect((await merge(stage, three, target)).errors, `${target}`).toHaveProperty('other');
    expect((await merge(stage, one, three)).errors).toHaveProperty('other');
    expect((await merge(stage, three, 99)).errors).toHaveProperty('other');
    expect(await stage.store.direct.features.roadmap.rootOf(one)).toBe(three);
  });

  test('who is merged into what was decided already is told of it, once, and nobody a second time', async () => {
    const stage = openStage(database);
    const [adaId, boId] = (await stage.meet(ada, bo, grace)) as [PersonId, PersonId];
    const said = (all: readonly { person: PersonId; view: View }[]) => all.map((t) => [t.person, t.view.title]);
    const one = await wish(stage, ada, 'Faster builds');
    await ship(stage, one);
    stage.pass(5);
    expect(said(await tellAll(stage))).toEqual([[adaId, 'It’s here: #1']]);
    const two = await wish(stage, bo, 'Quick pipelines');
    await merge(stage, two, one);
    // A slip that is taken back before it was told is told to nobody.
    await stage.press(grace, presses.unmerge, { number: two });
    stage.pass(5);
    expect(said(await tellAll(stage))).toEqual([]);
    await merge(stage, two, one);
    stage.pass(5);
    expect(said(await tellAll(stage))).toEqual([[boId, 'It’s here: #1']]);
    const three = await wish(stage, bo, 'Dark mode', 'planned');
    await stage.store.direct.features.feedback.moved(three, { move: 'plan', state: 'planned', at: stage.now() });
    const four = await wish(stage, ada, 'Night mode');
    await merge(stage, four, three);
    stage.pass(5);
    expect((await tellAll(stage)).map((t) => t.person).toSorted()).toEqual([adaId, boId].toSorted());
  });

  test('what shipped and was not told yet, and is merged into what shipped, is told with that', async () => {
    const stage = openStage(database);
    const [adaId, boId] = (await stage.meet(ada, bo, grace)) as [PersonId, PersonId];
    const [one, two] = [await wish(stage, ada, 'Faster builds'), await wish(stage, bo, 'Quick pipelines')];
    await ship(stage, one);
    stage.pass(5);
    expect((await tellAll(stage)).map((t) => t.person)).toEqual([adaId]);
    await ship(stage, two);
    await merge(stage, two, one);
    stage.pass(5);
    expect((await tellAll(stage)).map((t) => t.person)).toEqual([boId]);
  });

  test('the cards of a part say that it is one, whatever is asked and answered about it', async () => {
    const stage = openStage(database);
    await stage.meet(ada, bo, grace);
    const [one, two] = [await wish(stage, ada, 'Faster builds'), await wish(stage, bo, 'Quick pipelines')];
    await merge(stage, one, two);
    const [ask] = await move(stage, one, 'ask');
    const { effects } = await stage.fill(grace, ask, { words: 'Which builds?' });
    const cards = views(effects, 'edit').map((v) => wordsOf(v));
    expect(cards).toHaveLength(2);
    for (const card of cards) expect(card).toContain(`It is part of #${two} Quick pipelines, which is received.`);
    expect(cards[0]).not.toContain('[Plan]');
  });

  test('split makes an item that those who want the whole want too; link shows each at the other', async () => {
    const stage = openStage(database);
    const [, boId] = (await stage.meet(ada, bo, grace)) as [PersonId, PersonId];
    const number = await wish(stage, ada, 'Faster builds and tests');
    await meToo(stage, bo, number);
    await stage.store.direct.features.roadmap.mute(number, boId, stage.now());
    const [ask] = (await stage.press(grace, 'roadmap.bond', { number, bond: 'split' })).effects;
    const { effects } = await stage.fill(grace, ask, { what: 'Faster tests', reason: 'They take longest.' });
    // Who wants to hear no more of the whole hears nothing of its part.
    expect(await stage.store.direct.features.roadmap.mutes(number + 1)).toEqual([boId]);
    expect(effects.filter((e) => e.kind === 'say')).toHaveLength(2);
    expect(await stage.store.direct.features.roadmap.wants(number + 1, boId)).toBe(true);
    expect(await stage.store.direct.features.roadmap.relations(number)).toEqual([
      { number: number + 1, what: 'Faster tests', kind: 'part' },
    ]);
    const other = await wish(stage, bo, 'Test reports');
    const [link] = (await stage.press(grace, 'roadmap.bond', { number, bond: 'link' })).effects;
    await stage.fill(grace, link, { other: String(other) });
    expect(await stage.store.direct.features.roadmap.relations(other)).toMatchObject([{ number, kind: 'related' }]);
  });
});

describe('triage', () => {
  test('keeps what was found out, who changed it and why; the score is shown in its parts', async () => {
    const stage = openStage(database);
    const [, , graceId] = (await stage.meet(ada, bo, grace)) as [PersonId, PersonId, PersonId];
    const number = await wish(stage, ada, 'Faster builds');
    await meToo(stage, bo, number);
    const [ask] = (await stage.press(grace, presses.details, { number })).effects;
    const found = {
      impact: '4',
      outcome: 'Builds in a minute',
      persona: 'backend',
      quarter: '2026Q2',
      owner: grace.account,
      confidence: '80',
      effort: '2',
      words: 'Asked at the demo',
    };
    const { effects } = await stage.fill(grace, ask, found);
    const { feedback } = stage.store.direct.features;
    expect(await feedback.take(number)).toMatchObject({
      state: 'triaged',
      impact: 4,
      outcome: 'Builds in a minute',
      quarter: '2026Q2',
      owner: graceId,
      confidence: 80,
      effort: 2,
    });
    const card = wordsOf(views(effects, 'edit')[0] as View);
    expect(card).toContain('Score: 8 = impact 4 (hours every week) × 2 people. By confidence and effort: 3');
    expect(card).toContain('When: Q2 2026');
    expect(card).toContain('triaged it (impact 4, outcome Builds in a minute');
    // Changed again, with the reason.
    const [again] = (await stage.press(grace, presses.details, { number })).effects;
    expect(again?.kind === 'ask' && again.prior).toMatchObject({ impact: '4', owner: grace.account, effort: '2' });
    const { words: _, ...same } = found;
    await stage.fill(grace, again, { ...same, impact: '2', words: 'It hurts less than we thought' });
    expect((await feedback.history(number)).at(-1)).toMatchObject({
      by: graceId,
      move: 'detail',
      words: 'It hurts less than we thought',
      changes: { impact: [4, 2] },
    });
    expect((await stage.press(ada, presses.details, { number })).effects.map((e) => e.kind)).toEqual(['whisper']);
  });
});

describe('the roadmap', () => {
  test('shows now, next and later, by quarter, by persona, and one item with its timeline', async () => {
    const stage = openStage(database);
    await stage.meet(ada, bo, grace);
    const { roadmap } = stage.store.direct.features;
    const doing = await wish(stage, ada, 'Being done', 'in-progress');
    const next = await wish(stage, ada, 'Next one', 'planned');
    const later = await wish(stage, ada, 'Later one', 'planned');
    await wish(stage, ada, 'Just asked');
    await roadmap.set(next, { quarter: '2026Q2', persona: 'data' });
    await meToo(stage, bo, later);
    const lines = whispered((await stage.command(bo, 'roadmap')).effects).split('\n');
    expect(lines.filter((l) => /^(Now|Next|Later|Asked|#)/.test(l))).toEqual([
      'Now',
      `#${doing} Being done`,
      'Next',
      `#${next} Next one`,
      'Later',
      `#${later} Later one`,
      'Asked for, not decided yet',
      '#4 Just asked',
    ]);
    expect(lines).toContain('Planned · 2 asked · score 6');
    expect(whispered((await stage.command(bo, 'roadmap by quarter')).effects)).toMatch(/Q2 2026\n#2.*No quarter yet/s);
    expect(whispered((await stage.command(bo, 'roadmap persona')).effects)).toMatch(/Data\n#2.*Everybody/s);
    const item = whispered((await stage.command(bo, `roadmap #${later}`)).effects);
    expect(item).toContain('Voices: 2 asked');
    expect(item).toMatch(/asked for it/);
    const mine = whispered((await stage.command(bo, 'roadmap mine')).effects);
    expect(mine.split('\n').filter((l) => l.startsWith('#'))).toEqual([`#${later} Later one`]);
    await expect(stage.command(bo, 'roadmap 99')).rejects.toMatchObject({ code: 'feedback_unknown' });
  });
});

describe('on the card itself', () => {
  test('a reaction counts, each is taken back by itself; what is no card, or says something else, does not', async () => {
    const house = openHouse(database);
    await house.engine.start();
    const asked = askedIn(await house.act(house.command(ada, 'feedback')));
    await house.act(house.submit(ada, asked, { what: 'Faster builds', why: 'x', pain: '4' }));
    const { roadmap } = house.store.direct.features;
    const react = (who: Profile, place: string, native: string, more: { added?: string[]; removed?: string[] }) =>
      house.act(
        house.from<'reacted'>(who, { kind: 'reacted', place: place as never, native, added: [], removed: [], ...more }),
      );
    const voices = async () => (await roadmap.voices(1)).map((v) => v.way);
    const { rows } = await database.pool.query<{ place: string; native: string }>(
      "select place, native from groundcrew.message where key = 'feedback/1/triage' order by place",
    );
    const [slack, teams] = rows as [(typeof rows)[number], (typeof rows)[number]];
    await react(grace, slack.place, slack.native, { added: ['+1'] });
    await react(grace, slack.place, slack.native, { added: ['heart', 'eyes', 'thumbsdown'] });
    expect(await voices()).toEqual(['reaction/+1', 'reaction/heart']);
    await react(grace, slack.place, slack.native, { removed: ['heart'] });
    await react(graceTeams, teams.place, teams.native, { added: ['like'] });
    // One human, whose two logins are one, in two ways.
    expect((await roadmap.counts([1])).get(1)).toEqual([{ asked: 2, affected: 0 }]);
    await react(graceTeams, teams.place, teams.native, { removed: ['like'] });
    await react(grace, slack.place, slack.native, { removed: ['+1'] });
    expect(await voices()).toEqual([]);
    await react(ada, slack.place, slack.native, { added: ['+1'] });
    await react(grace, slack.place, 'no card', { added: ['+1'] });
    expect(await voices()).toEqual([]);
    expect(wordsOf(house.slack.outgoing.findLast((o) => o.view.id === 'feedback.triage')?.view as View)).not.toContain(
      'Voices',
    );
  });

  test.each([
    ['+1', true],
    ['👍🏽', true],
    [':+1::skin-tone-3:', true],
    ['Me too!', true],
    ['me, too', true],
    ['Same here, our builds take 20 minutes.', true],
    ['We need this too — it blocks checkout', true],
    ['+1 from search', true],
    ['+1 for declining this', false],
    ['me too but not like this', false],
    ['Not me too', false],
    ['We need this discussed', false],
    ['Who is “me too”?', false],
    ['', false],
    ['+1'.repeat(20_000), false],
  ])('of words under it, “%s” says so: %s', (words, says) => {
    expect(agreed(words)).toBe(says);
  });

  test('a reply among people counts, without a word of ours, on both platforms; what is no card, or says more, does not', async () => {
    const house = openHouse(database);
    await house.engine.start();
    const asked = askedIn(await house.act(house.command(ada, 'feedback')));
    await house.act(house.submit(ada, asked, { what: 'Faster builds', why: 'x', pain: '4' }));
    const { rows } = await database.pool.query<{ place: string; native: string }>(
      "select place, native from groundcrew.message where key = 'feedback/1/triage' order by place",
    );
    const [slack, teams] = rows as [(typeof rows)[number], (typeof rows)[number]];
    const { roadmap } = house.store.direct.features;
    const write = (who: Profile, { place, native }: (typeof rows)[number], text: string) =>
      house.act(house.from<'replied'>(who, { kind: 'replied', place: place as never, native, text }));
    await write(mira, slack, 'How would that work?');
    await write(mira, { ...slack, native: 'no card' }, 'me too');
    await write(ada, slack, 'me too');
    expect(await roadmap.voices(1)).toEqual([]);
    const { replies } = await write(mira, slack, 'me too');
    await write(mira, slack, '+1');
    await write(graceTeams, teams, 'Same here, it takes half an hour');
    expect(replies).toEqual([]);
    expect((await roadmap.voices(1)).map((v) => v.way)).toEqual(['reply', 'reply']);
    expect((await roadmap.counts([1])).get(1)).toEqual([{ asked: 3, affected: 0 }]);
    for (const { outgoing } of [house.slack, house.teams])
      expect(wordsOf(outgoing.findLast((o) => o.view.id === 'feedback.triage')?.view as View)).toContain('3 asked');
  });

  test('a reply that names the bot counts, under the card or with the number', async () => {
    const house = openHouse(database);
    await house.engine.start();
    const asked = askedIn(await house.act(house.command(ada, 'feedback')));
    await house.act(house.submit(ada, asked, { what: 'Faster builds', why: 'x', pain: '4' }));
    const { rows } = await database.pool.query<{ place: string; native: string }>(
      "select place, native from groundcrew.message where key = 'feedback/1/triage' order by place",
    );
    const under = { place: rows[0]?.place as never, under: rows[0]?.native ?? '' };
    const said = await house.act(house.from<'command'>(grace, { kind: 'command', text: 'me too', ...under }));
    expect(whisperedIn(said)[0]).toContain('Faster builds: 2 asked');
    expect(whisperedIn(await house.act(house.command(mira, 'me too #1')))[0]).toContain('3 asked');
    expect(whisperedIn(await house.act(house.command(mira, 'me too')))[0]).toContain('Say its number, such as');
  });
});

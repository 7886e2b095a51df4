import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import { surveyExport } from '../../src/cli/survey.ts';
import { buttonsOf, noNames, type Profile, type View } from '../../src/core/kernel/index.ts';
import { settingsSchema } from '../../src/core/settings.ts';
import { type Look, resultsView } from '../../src/core/surveys/results-view.ts';
import type { Run } from '../../src/core/surveys/store.ts';
import { render as slackRender } from '../../src/slack/render.ts';
import { render as teamsRender } from '../../src/teams/render.ts';
import { virtualClock } from '../support/clock.ts';
import { openTestDatabase } from '../support/database.ts';
import { grace, graceTeams, type House, openHouse, settings } from '../support/house.ts';
import {
  answer,
  begin,
  days,
  meet,
  onSlack,
  onTeams,
  opened,
  pass,
  pressOn,
  survey,
  toldTo,
} from '../support/surveys.ts';
import { linesOf, wordsOf } from '../support/words.ts';

/* The reader of results chooses what they show: everybody, or one cut at a time; of small groups nothing, and why. */

const database = await openTestDatabase();
afterAll(() => database.close());

/** Search is shown; tiny is too small, so checkout is hidden beside it. */
const crowd = Array.from({ length: 17 }, (_, n) => (n % 2 ? onSlack(n) : onTeams(n)));
const teamOf = (n: number) => (n < 8 ? 'search' : n < 15 ? 'checkout' : 'tiny');
const scores = ['6', '9', '10', '9', '6', '10', '9', '6', '9', '10', '6', '9', '6', '9', '10', '9', '6'];
const mails = (team: string) => ({ emails: crowd.flatMap((p, n) => (teamOf(n) === team ? [p.email as string] : [])) });

let house: House;
beforeEach(async () => {
  await database.empty();
  const teams = { search: mails('search'), checkout: mails('checkout'), tiny: mails('tiny') };
  const { name, roles, channels } = settings;
  house = openHouse(database, {
    clock: virtualClock('2026-03-02T11:00:00Z'),
    settings: () => ({ ...settings, ...settingsSchema.parse({ name, roles, channels, teams }) }),
  });
  await house.engine.start();
  await meet(house, grace, graceTeams);
  const { people } = house.store.direct.features;
  for (const [n, id] of (await meet(house, ...crowd)).entries())
    await people.choose(id, { persona: n % 2 ? 'backend' : 'data' });
});
afterEach(() => house.engine.stop());

const ask = (mode: string) =>
  survey({
    name: 'cuts',
    trust: { mode },
    audience: { emails: crowd.map((p) => p.email as string) },
    questions: [{ key: 'nps', kind: 'nps', ask: 'Would you recommend it?' }],
  });
async function closed(mode: string): Promise<void> {
  await opened(house, ask(mode));
  for (const [n, who] of crowd.entries()) {
    const end = await answer(house, who, await begin(house, who), [scores[n] as string]);
    if (mode === 'unlinked') await house.act(pressOn(house, who, end, 'Send'));
  }
  await pass(house, days(14));
}

const edits = (who: Profile): readonly View[] =>
  [...house.slack.outgoing, ...house.teams.outgoing].flatMap((o) =>
    o.kind === 'edit' && o.place === `${who.account.split(':')[0]}:x/dm-${who.account}` ? [o.view] : [],
  );
async function pressed(who: Profile, view: View, label: string): Promise<View> {
  await house.act(pressOn(house, who, view, label));
  await house.work();
  return edits(who).at(-1) as View;
}

test.each([
  ['Slack', grace],
  ['Teams', graceTeams],
] as const)(
  'a card on %s shows everybody, then teams, then personas, and hides the small with the reason',
  async (_, who) => {
    await closed('confidential');
    await house.act(house.command(who, 'survey results cuts'));
    await house.work();
    const whole = toldTo(house, who).at(-1) as View;
    expect(wordsOf(whole)).toContain('17 answered');
    expect(wordsOf(whole)).not.toContain('search');

    const byTeam = linesOf(await pressed(who, whole, 'By team'));
    expect(byTeam).toEqual(
      expect.arrayContaining([
        'NPS by team',
        'search: 25 (8 answered)',
        'tiny: hidden: fewer than 5 answered',
        'checkout: hidden too',
      ]),
    );
    const shownPersonas = linesOf(await pressed(who, whole, 'By persona'));
    expect(shownPersonas).toEqual(expect.arrayContaining(['NPS by persona', 'backend: 75 (8 answered)']));
    expect(shownPersonas.join()).not.toMatch(/search|checkout|tiny/);
    expect(wordsOf(await pressed(who, whole, 'Everybody'))).toBe(wordsOf(whole));
    // The card that was told at the close is another message, and stays as it is.
    const other = toldTo(house, grace).find((v) => v.id === 'surveys.results') as View;
    expect(edits(who)).toHaveLength(3);
    expect(buttonsOf(other).map((b) => b.label)).toEqual(['✓ Everybody', 'By team', 'By persona']);

    // While the next run is open, these are still to be had.
    await opened(house, ask('confidential'));
    const [underWay] = (await house.act(house.command(who, 'survey results cuts'))).replies;
    if (underWay?.kind !== 'whisper') throw new Error('nothing was shown');
    await house.act(pressOn(house, who, underWay.view, 'Results of run 1'));
    await house.work();
    expect(wordsOf(toldTo(house, who).at(-1) as View)).toBe(wordsOf(whole));
  },
);

test('a developer chooses nothing, and a forged choice shows no cut of what is unlinked', async () => {
  await closed('unlinked');
  const card = toldTo(house, grace).findLast((v) => v.id === 'surveys.results') as View;
  expect(buttonsOf(card)).toEqual([]);
  const [run] = await house.store.direct.features.surveys.runs('cuts', 1);
  const forged = { name: 'cuts', run: run?.id, card: 'closed', by: 'team', page: 0 };
  await house.act(house.press(crowd[1] as Profile, 'surveys.cut', forged));
  await house.work();
  expect([...house.slack.outgoing, ...house.teams.outgoing].filter((o) => o.kind === 'edit')).toEqual([]);
  await house.act(house.press(grace, 'surveys.cut', forged));
  await house.work();
  expect(wordsOf(edits(grace).at(-1) as View)).toBe(wordsOf(card));
  expect(run?.report?.items.map((i) => i.groups)).toEqual([[]]);
});

test('a survey of twenty questions is read whole, page by page, within what either platform takes', () => {
  const questions = Array.from({ length: 20 }, (_, n) => ({
    key: `q${n}`,
    ...(n % 2 ? { kind: 'nps' } : { kind: 'likert', scale: 'agreement5' }),
    ask: `Question number ${n + 1}?`,
  }));
  const groups = [
    {
      by: 'team' as const,
      shown: Array.from({ length: 30 }, (_, t) => ({ group: `team-${t}`, n: 6, counts: { '5': 3, '4': 3 } })),
      hidden: ['a', 'b'],
      few: ['a'],
    },
  ];
  const long = survey({ questions });
  const items = long.questions.map(({ key }) => ({ key, n: 50, counts: { '5': 25, '4': 25 }, unknown: 0, groups }));
  const report = { invited: 60, answered: 50, items };
  const run = { id: 'r', number: 2, survey: long, state: 'closed', report } as unknown as Run;
  for (const by of ['all', 'team'] as const) {
    const seen: string[] = [];
    const pagesFrom = (page: number): void => {
      const view = resultsView(run, [{ ...run, number: 1 }], { look: { by, page }, card: 'c' });
      expect(slackRender(view, noNames, { strict: true, remote: true }).blocks.length).toBeLessThanOrEqual(50);
      teamsRender(view, noNames, { strict: true });
      // A share has the axis of a share, so that the largest of them does not look like everybody.
      const bars = view.blocks.flatMap((b) => (b.kind === 'chart' && b.chart.shape === 'bars' ? [b.chart] : []));
      for (const { unit, scale } of bars) if (unit === '%') expect(scale).toEqual({ from: 0, to: 100 });
      seen.push(...(wordsOf(view).match(/Question number \d+/g) ?? []));
      const pages: readonly Look[] = buttonsOf(view).map((b) => JSON.parse(b.press.value));
      if (pages.some((to) => to.by === by && to.page === page + 1)) pagesFrom(page + 1);
    };
    pagesFrom(0);
    expect(seen).toEqual(questions.map((_, n) => `Question number ${n + 1}`));
  }
});

// The command opens a database of its own, which an embedded one does not take a second time.
test.runIf(process.env.DATABASE_URL)('the export is of one cut at a time, and says of whom nothing is', async () => {
  await closed('confidential');
  const env = { DATABASE_URL: String(database.config.connectionString) };
  const all = await surveyExport(env, 'cuts', { json: true, words: false });
  expect(JSON.parse(all).every((f: { by: string; of: number }) => f.by === 'all' && f.of === 17)).toBe(true);
  const csv = await surveyExport(env, 'cuts', { json: false, words: false, by: 'team' });
  expect(csv).toContain('team,tiny,,hidden: fewer than 5 answered,,');
  expect(csv).toContain('team,checkout,,hidden too,,');
  expect(csv).toContain('team,search,9,9,3,8');
  expect(csv).not.toContain('persona');
  await expect(surveyExport(env, 'cuts', { json: true, words: false, by: 'shoe' })).rejects.toThrow('--by team');
});

import { afterAll, beforeEach, expect, test } from 'vitest';
import { previewRuns } from '../../src/actions/preview.ts';
import { wakeRunner } from '../../src/actions/runner.ts';
import { runMoved } from '../../src/core/runs/report.ts';
import type { Backend } from '../../src/core/runs/run.ts';
import { openTestDatabase } from '../support/database.ts';
import { catalog } from '../support/paths.ts';
import { preview, progress } from '../support/requests.ts';
import { actionsIn, cardOf, linesIn } from '../support/teams-cards.ts';
import { ann, ben, openTown, places, type Town } from '../support/town.ts';

/*
 * A request over the real adapters on both platforms: asked on one, decided on the other, and every copy of every
 * message says the same in the end.
 */
const database = await openTestDatabase();
beforeEach(() => database.empty());
afterAll(() => database.close());

const quiet = { info() {}, warn() {}, error() {} };
const backend: Backend = {
  name: 'stand-in',
  atOnce: 1,
  available: async () => ({ ok: true, version: '1' }),
  preview: async () => preview,
  async *run() {},
};
const open = (of = catalog) =>
  openTown(database, {
    catalog: of,
    actions: [
      previewRuns([backend], { now: () => new Date(), after: () => () => {} }, quiet),
      wakeRunner(() => undefined),
    ],
    settings: {
      teams: { orders: { emails: [ann.slack.email] }, data: { emails: [ben.slack.email] } },
      channels: { approvals: [places.slack, places.teams] },
    },
  });

type Action = { readonly title: string };
const titles = (card: unknown) => actionsIn(card).map((a) => String((a as unknown as Action).title));
const wordsOnTeams = (t: Town, who: typeof ann, conversation?: string) =>
  t.teamsSeen(who, conversation).map((m) => linesIn(cardOf(m)).join('\n'));
const wordsOnSlack = (t: Town, who: typeof ann, channel?: string) =>
  t.slackSeen(who, channel).map((m) => JSON.stringify(m.blocks));

async function pressOnSlack(t: Town, who: typeof ann, label: string, channel?: string): Promise<void> {
  const place = channel ?? t.workspace.dmOf(who.slack.id);
  const message = t.slackSeen(who, channel).findLast((m) => JSON.stringify(m.blocks).includes(`"text":"${label}"`));
  const buttons = (message?.blocks ?? []).flatMap((b) => (Array.isArray(b.elements) ? b.elements : [])) as {
    readonly action_id: string;
    readonly text?: { readonly text?: string };
  }[];
  const actionId = buttons.find((b) => b.text?.text === label)?.action_id ?? '';
  await t.workspace.press({ user: who.slack.id, channel: place, messageTs: message?.ts ?? '', actionId });
  await t.rest();
}
async function pressOnTeams(t: Town, who: typeof ann, label: string, conversation?: string): Promise<void> {
  const message = t.teamsSeen(who, conversation).findLast((m) => titles(cardOf(m)).includes(label));
  const action = actionsIn(cardOf(message)).find((a) => (a as unknown as Action).title === label);
  const at = { user: who.teams.id, conversation: conversation ?? 'personal', activityId: message?.id ?? '' };
  await t.tenant.execute({ ...at, action: action as never });
  await t.rest();
}
async function report(t: Town, n: number, said: object): Promise<void> {
  await t.engine.report({
    kind: 'observed',
    what: runMoved,
    at: t.clock.now(),
    delivery: `run/run-1-1/0/${n}`,
    input: { key: 'run-1-1', attempt: 0, n, progress: said } as never,
  });
  await t.rest();
}

test('asked on Slack, approved on Teams: every copy on both says so, and who asked hears on Slack', async () => {
  const t = await open();
  try {
    await t.workspace.command({ user: ann.slack.id, text: 'create postgres orders size=l' });
    await t.rest();
    expect(wordsOnSlack(t, ann).at(-1)).toContain('Ask for approval');
    await pressOnSlack(t, ann, 'Ask for approval');
    expect(wordsOnSlack(t, ann).at(-1)).toContain('Waiting for team data to decide');
    expect(wordsOnSlack(t, ben, places.slackChannel).at(-1)).toContain('"text":"Approve"');

    await pressOnTeams(t, ben, 'Approve', places.teamsChannel);
    const copies = [
      ...wordsOnSlack(t, ben, places.slackChannel),
      ...wordsOnTeams(t, ben, places.teamsChannel),
      ...wordsOnSlack(t, ben),
      ...wordsOnTeams(t, ben).filter((w) => w.includes('orders')),
    ].filter((w) => w.includes('orders'));
    expect(copies).toHaveLength(3);
    for (const copy of copies) {
      expect(copy).toContain('approved it.');
      expect(copy).not.toContain('"text":"Approve"');
    }
    await report(t, 1, progress('running', { message: 'Cluster is starting' }));
    await report(t, 2, progress('ready'));
    const seen = wordsOnSlack(t, ann);
    expect(seen.at(-1)).toContain('orders-rw.orders.svc');
    expect(seen.at(-1)).toContain('Secret orders-app');
    expect(seen.filter((w) => w.includes('What to do now stands in the message below'))).toHaveLength(1);
    expect(wordsOnTeams(t, ann).filter((w) => w.includes('orders'))).toEqual([]);
  } finally {
    await t.close();
  }
});

test('a list of what waits is up to date also where it was asked for in a channel: its buttons go with the decision', async () => {
  const unlimited = catalog.paths.map(({ quota: _, ...path }) => path);
  const t = await open({ ...catalog, paths: unlimited });
  try {
    for (const name of ['orders', 'carts', 'bills']) {
      await t.workspace.command({ user: ann.slack.id, text: `create postgres ${name} size=l` });
      await t.rest();
      await pressOnSlack(t, ann, 'Ask for approval');
    }
    const approvesOn = (words: string) => words.split('request.approve').length - 1;
    await t.workspace.command({ user: ben.slack.id, channel: places.slackChannel, text: 'approvals' });
    await t.rest();
    const onSlack = () => wordsOnSlack(t, ben, places.slackChannel).at(-1) ?? '';
    expect(approvesOn(onSlack())).toBe(3);
    await pressOnSlack(t, ben, 'Approve', places.slackChannel);
    expect(onSlack()).toContain('approved it.');
    expect(approvesOn(onSlack())).toBe(2);
    // While the form asks why, the list does not offer the same again.
    await pressOnSlack(t, ben, 'Refuse', places.slackChannel);
    expect(onSlack()).toContain('say why in the form');
    expect(approvesOn(onSlack())).toBe(1);
    await pressOnSlack(t, ben, 'Show the list again', places.slackChannel);
    expect(approvesOn(onSlack())).toBe(2);

    await t.tenant.say({ user: ben.teams.id, conversation: places.teamsChannel, text: 'approvals' });
    await t.rest();
    const onTeams = () => cardOf(t.teamsSeen(ben, places.teamsChannel).at(-1));
    const approves = () => titles(onTeams()).filter((label) => label === 'Approve').length;
    expect(approves()).toBe(2);
    await pressOnTeams(t, ben, 'Approve', places.teamsChannel);
    expect(JSON.stringify(onTeams())).toContain('approved it.');
    expect(approves()).toBe(1);

    // A press that claims to come from the card that all see gets a list of its own: the card stays what it is.
    const said = t.teamsSeen(ben, places.teamsChannel);
    const card = said.find((m) => JSON.stringify(cardOf(m)).includes('bills') && titles(cardOf(m)).includes('Refuse'));
    const before = JSON.stringify(card?.attachments);
    const action = { type: 'Action.Execute', verb: 'request.waiting-list', data: { value: '{}' } };
    const on = { user: ben.teams.id, conversation: places.teamsChannel, activityId: card?.id ?? '' };
    const answer = await t.tenant.execute({ ...on, action });
    await t.rest();
    expect(JSON.stringify(answer)).not.toContain('Waiting for you');
    const after = t.teamsSeen(ben, places.teamsChannel);
    expect(JSON.stringify(after.find((m) => m.id === card?.id)?.attachments)).toBe(before);
    expect(after).toHaveLength(said.length + 1);
    expect(JSON.stringify(after.at(-1))).toContain('Waiting for you');
  } finally {
    await t.close();
  }
});

test('asked on Teams, refused on Slack: the reason stands where it was asked', async () => {
  const t = await open();
  try {
    await t.tenant.say({ user: ann.teams.id, conversation: 'personal', text: 'create postgres orders size=l' });
    await t.rest();
    await pressOnTeams(t, ann, 'Ask for approval');
    expect(wordsOnTeams(t, ann).at(-1)).toContain('Waiting for team data to decide');
    await pressOnSlack(t, ben, 'Refuse', places.slackChannel);
    const sent = await t.workspace.submit({ user: ben.slack.id, values: { words: 'Use a medium one.' } });
    await t.rest();
    expect(sent.problem).toBeUndefined();
    expect(wordsOnTeams(t, ann).at(-1)).toContain('Use a medium one.');
    expect(wordsOnTeams(t, ann).some((w) => w.includes('refused it. Nothing was made.'))).toBe(true);
    for (const copy of wordsOnTeams(t, ben, places.teamsChannel)) expect(copy).toContain('refused it.');
    const { rows } = await database.pool.query('select state from groundcrew.request');
    expect(rows).toEqual([{ state: 'refused' }]);
  } finally {
    await t.close();
  }
});

import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { openTestDatabase } from '../support/database.ts';
import { actionsIn, cardOf, linesIn } from '../support/teams-cards.ts';
import { ann, ben, openTown, places, type Town } from '../support/town.ts';

/*
 * The life of an announcement over the real adapters, to its copies on both platforms, and what people and platforms do
 * to these meanwhile.
 */
const database = await openTestDatabase();
beforeEach(() => database.empty());
afterAll(() => database.close());

const open = () => openTown(database, { settings: { channels: { updates: [places.slack, places.teams] } } });
const words = { kind: 'new', title: 'Faster previews', text: 'They start in a minute.' };

type Action = { readonly title: string };
const titles = (card: unknown) => actionsIn(card).map((a) => String((a as unknown as Action).title));
const onTeams = (t: Town, who = ann, conversation?: string) =>
  t.teamsSeen(who, conversation).map((m) => linesIn(cardOf(m)).join('\n'));
const onSlack = (t: Town, who = ann, channel?: string) =>
  t.slackSeen(who, channel).map((m) => JSON.stringify(m.blocks));
/** What is said to Ann alone stands there too. */
const slackNews = (t: Town) => onSlack(t, ann, places.slackChannel).filter((w) => !w.includes('Noted, thank you'));
const teamsNews = (t: Town) => onTeams(t, ann, places.teamsChannel);

async function pressOnSlack(t: Town, who: typeof ann, label: string, channel?: string): Promise<void> {
  const message = t.slackSeen(who, channel).findLast((m) => JSON.stringify(m.blocks).includes(`"text":"${label}"`));
  const buttons = (message?.blocks ?? []).flatMap((b) => (Array.isArray(b.elements) ? b.elements : [])) as {
    readonly action_id: string;
    readonly text?: { readonly text?: string };
  }[];
  const actionId = buttons.find((b) => b.text?.text === label)?.action_id ?? '';
  const place = channel ?? t.workspace.dmOf(who.slack.id);
  await t.workspace.press({ user: who.slack.id, channel: place, messageTs: message?.ts ?? '', actionId });
  await t.rest();
}
async function pressOnTeams(t: Town, who: typeof ann, label: string, conversation?: string): Promise<void> {
  const message = t.teamsSeen(who, conversation).findLast((m) => titles(cardOf(m)).includes(label));
  // One that asks first unfolds the question, with the same button under it.
  const action = actionsIn(cardOf(message)).findLast((a) => (a as unknown as Action).title === label);
  const at = { user: who.teams.id, conversation: conversation ?? 'personal', activityId: message?.id ?? '' };
  await t.tenant.execute({ ...at, action: action as never });
  await t.rest();
}

/** Ben has said hello on Teams before, so that he is known there too. */
async function write(t: Town, more: Record<string, unknown> = {}): Promise<void> {
  await t.tenant.say({ user: ben.teams.id, conversation: 'personal', text: 'me' });
  await t.rest();
  await t.workspace.command({ user: ben.slack.id, text: 'announce' });
  await t.rest();
  const sent = await t.workspace.submit({ user: ben.slack.id, values: { ...words, ...more } });
  await t.rest();
  expect(sent.problem).toBeUndefined();
}
async function change(t: Town, more: Record<string, unknown>): Promise<void> {
  await pressOnSlack(t, ben, 'Change');
  const sent = await t.workspace.submit({ user: ben.slack.id, values: { ...words, ...more } });
  await t.rest();
  expect(sent.problem).toBeUndefined();
}
async function retract(t: Town): Promise<void> {
  await pressOnSlack(t, ben, 'Retract');
  await t.workspace.submit({ user: ben.slack.id, values: { why: 'Too early.' } });
  await t.rest();
}

async function inTown(story: (t: Town) => Promise<void>): Promise<void> {
  const t = await open();
  try {
    await story(t);
  } finally {
    await t.close();
  }
}

test('previewed on both, posted from Teams, read on both, corrected and taken back everywhere', () =>
  inTown(async (t) => {
    await write(t, { details: 'How it works.' });
    expect(onSlack(t, ben).filter((w) => w.includes('Above is how it will look in Slack'))).toHaveLength(1);
    expect(onTeams(t, ben).filter((w) => w.includes('Above is how it will look in Microsoft Teams'))).toHaveLength(1);
    expect([...slackNews(t), ...teamsNews(t)]).toEqual([]);

    await pressOnTeams(t, ben, 'Post it');
    for (const news of [slackNews(t), teamsNews(t)]) {
      expect(news).toHaveLength(2);
      expect(news[0]).toContain('They start in a minute.');
      expect(news[1]).toContain('How it works.');
    }
    await pressOnSlack(t, ann, 'Got it', places.slackChannel);
    await pressOnTeams(t, ben, 'Got it', places.teamsChannel);
    await t.later(61_000);
    for (const news of [slackNews(t), teamsNews(t)]) expect(news[0]).toContain('2 people got it');
    for (const card of [onSlack(t, ben).at(-1), onTeams(t, ben).find((w) => w.includes('Announcement #1'))]) {
      expect(card).toContain('platform updates in Slack: posted');
      expect(card).toContain('platform updates in Microsoft Teams: posted');
    }

    await change(t, { text: 'In two minutes.', details: 'How it really works.' });
    for (const news of [slackNews(t), teamsNews(t)]) {
      expect(news).toHaveLength(2);
      expect(news[0]).toContain('In two minutes.');
      expect(news[0]).toContain('corrected');
      expect(news[1]).toContain('How it really works.');
    }
    await retract(t);
    for (const news of [slackNews(t), teamsNews(t)]) {
      expect(news).toHaveLength(2);
      expect(news[0]).toContain('Too early.');
      expect(news[0]).not.toContain('In two minutes.');
      expect(news[1]).toContain('It was taken back.');
    }
  }));

describe('a channel that is gone on one platform', () => {
  test.each([
    ['Slack', (t: Town) => t.workspace.admin.archive(places.slackChannel), teamsNews],
    [
      'Microsoft Teams',
      (t: Town) => t.tenant.uninstall({ user: ann.teams.id, place: '19:team@thread.tacv2' }),
      slackNews,
    ],
  ])('%s: it is posted on the other, and its author is told once', (name, remove, other) =>
    inTown(async (t) => {
      await write(t);
      await remove(t);
      await t.rest();
      await pressOnSlack(t, ben, 'Post it');
      await t.later(61_000);
      expect(other(t)).toHaveLength(1);
      const told = () =>
        [...onSlack(t, ben), ...onTeams(t, ben)].filter((w) => w.includes(`to platform updates in ${name}`));
      expect(told()).toHaveLength(1);
      expect(told()[0]).toContain('Everywhere else it stands as you wrote it.');
      await change(t, { text: 'In two minutes.' });
      await t.later(61_000);
      await t.later(600_000);
      expect(told()).toHaveLength(1);
      expect(other(t)[0]).toContain('In two minutes.');
    }),
  );
});

describe('a copy that somebody deleted', () => {
  const remove = async (t: Town) => {
    const [there] = t.slackSeen(ann, places.slackChannel);
    t.workspace.admin.deleteMessage(places.slackChannel, there?.ts ?? '');
    const [card] = t.teamsSeen(ann, places.teamsChannel);
    t.tenant.deleteMessage({ conversation: places.teamsChannel, activityId: card?.id ?? '' });
    expect([...slackNews(t), ...teamsNews(t)]).toEqual([]);
  };

  test('comes back, once, with a correction', () =>
    inTown(async (t) => {
      await write(t);
      await pressOnSlack(t, ben, 'Post it');
      await remove(t);
      await change(t, { text: 'In two minutes.' });
      for (const news of [slackNews(t), teamsNews(t)]) {
        expect(news).toHaveLength(1);
        expect(news[0]).toContain('In two minutes.');
      }
    }));

  test('stays away when it is counted or taken back', () =>
    inTown(async (t) => {
      await write(t);
      await pressOnSlack(t, ben, 'Post it');
      await pressOnSlack(t, ann, 'Got it', places.slackChannel);
      await remove(t);
      await t.later(61_000);
      expect([...slackNews(t), ...teamsNews(t)]).toEqual([]);
      await retract(t);
      expect([...slackNews(t), ...teamsNews(t)]).toEqual([]);
    }));
});

test('what calls everybody stays words on both', () =>
  inTown(async (t) => {
    await write(t, { text: '<!channel> @channel <at>Ann Archer</at> [x](https://evil.example)' });
    await pressOnSlack(t, ben, 'Post it');
    const [slack] = slackNews(t);
    expect(slack).toContain('"type":"text","text":"<!channel> @channel <at>Ann Archer</at> [x](https://evil.example)"');
    const [sent] = t.teamsSeen(ann, places.teamsChannel);
    expect(teamsNews(t)[0]).toContain('<!channel> @channel');
    expect(JSON.stringify(sent)).not.toContain('"mention","text":"<at>Ann Archer</at>","mentioned":{"id":"29:ann"');
  }));

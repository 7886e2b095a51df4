import { describe, expect, test } from 'vitest';
import { cardView } from '../../src/core/announcements/card-view.ts';
import { priorOf, retractForm, writeForm } from '../../src/core/announcements/forms.ts';
import { presses } from '../../src/core/announcements/keys.ts';
import { announcementView, detailsView } from '../../src/core/announcements/views.ts';
import type { Effect, PlaceId, Profile } from '../../src/core/kernel/index.ts';
import { settingsSchema } from '../../src/core/settings.ts';
import { ada, adaTeams, grace, graceTeams, mira } from '../support/house.ts';
import { ownDatabase } from '../support/own-database.ts';
import { openStage, type Stage } from '../support/stage.ts';
import { wordsOf } from '../support/words.ts';

const database = await ownDatabase();

const slackNews = 'slack:T1/CNEWS' as PlaceId;
const teamsNews = 'teams:11111111-1111-4111-8111-111111111111/19:news@thread.tacv2' as PlaceId;
const checkout = 'slack:T1/CCHECKOUT' as PlaceId;
const settings = settingsSchema.parse({
  name: 'the Acme platform team',
  roles: { platform: { emails: ['grace@acme.test'] }, product: { emails: ['mira@acme.test'] } },
  channels: { updates: [slackNews, teamsNews], teams: { checkout: [checkout] } },
  announcements: { areas: ['databases'] },
});
const open = () => openStage(database, () => settings);
const words = { kind: 'new', title: 'Faster previews', text: 'They start in a minute.' };

const said = (effects: readonly Effect[]) =>
  effects.map((e) => (e.kind === 'say' ? `say ${e.place}` : 'key' in e ? `${e.kind} ${e.key}` : e.kind));
const whispers = (effects: readonly Effect[]) =>
  effects.flatMap((e) => (e.kind === 'whisper' ? [wordsOf(e.view)] : [])).join('\n');

/** Written by Grace, by way of one of her logins. */
async function write(stage: Stage, who: Profile, raw: Record<string, unknown> = {}) {
  const [ask] = (await stage.command(who, 'announce')).effects;
  return stage.fill(who, ask, { ...words, ...raw });
}
const kept = async (stage: Stage, number = 1) => {
  const it = await stage.store.direct.features.announcements.take(number);
  if (!it) throw new Error('not there');
  return it;
};

describe.each([
  ['Slack', grace],
  ['Microsoft Teams', graceTeams],
])('written in %s', (_, who) => {
  test('the form is asked with the headline; what was written is shown to its author on both platforms, and nobody else', async () => {
    const stage = open();
    const [graceId] = await stage.meet(grace, graceTeams);
    const { effects: asked } = await stage.command(who, 'announce Faster previews');
    expect(asked).toEqual([
      { kind: 'ask', form: writeForm(settings, []), carry: '{}', prior: { title: 'Faster previews' } },
    ]);
    const { effects } = await stage.fill(who, asked[0], { ...words, areas: ['databases'], teams: ['checkout'] });
    const it = await kept(stage);
    expect(it).toMatchObject({ number: 1, state: 'draft', author: graceId });
    const channels = [
      { place: slackNews, called: 'platform updates' },
      { place: teamsNews, called: 'platform updates' },
      { place: checkout, called: 'the channel of checkout' },
    ];
    const sight = { channels, copies: [], seen: 0 };
    const own = (platform: 'slack' | 'teams', via: string) => [
      {
        kind: 'tell',
        person: graceId,
        via,
        key: `announcement/1/preview/${platform}`,
        view: announcementView(it, { seen: 0 }),
      },
      {
        kind: 'tell',
        person: graceId,
        via,
        key: `announcement/1/card/${platform}`,
        view: cardView(it, sight, platform),
      },
    ];
    expect(effects).toEqual([...own('slack', grace.account), ...own('teams', graceTeams.account)]);
  });

  test('it is posted once in every channel, with its details in the thread; whoever presses second is told', async () => {
    const stage = open();
    await stage.meet(grace, graceTeams, mira);
    await write(stage, who, { details: 'How it works.', teams: ['checkout'] });
    const { effects } = await stage.press(who, presses.post, { number: 1 });
    expect(said(effects)).toEqual([
      `say ${slackNews}`,
      `say ${teamsNews}`,
      `say ${checkout}`,
      'reply announcement/1/details',
      'edit announcement/1/preview/slack',
      'edit announcement/1/card/slack',
      'edit announcement/1/preview/teams',
      'edit announcement/1/card/teams',
      'never announcement/1/go',
      'later announcement/1/check',
    ]);
    const it = await kept(stage);
    expect(it).toMatchObject({ state: 'posted', posted: stage.now() });
    expect(effects[0]).toEqual({
      kind: 'say',
      place: slackNews,
      key: 'announcement/1',
      view: announcementView(it, { seen: 0 }),
      anew: true,
    });
    expect(effects[3]).toMatchObject({ to: 'announcement/1', view: detailsView(it), alone: true });
    const again = await stage.press(mira, presses.post, { number: 1 });
    expect(again.effects.map((e) => e.kind)).toEqual(['whisper']);
    expect(whispers(again.effects)).toContain('It is posted already');
  });
});

describe('changing', () => {
  test('a correction goes to every copy, and says when', async () => {
    const stage = open();
    await stage.meet(grace);
    await write(stage, grace);
    await stage.press(grace, presses.post, { number: 1 });
    stage.pass(10);
    const [ask] = (await stage.press(grace, presses.edit, { number: 1 })).effects;
    const before = await kept(stage);
    expect(ask).toMatchObject({ kind: 'ask', prior: priorOf(before.content) });
    const { effects } = await stage.fill(grace, ask, { ...words, text: 'In two minutes.', details: 'New.' });
    expect(said(effects)).toEqual([
      `say ${slackNews}`,
      `say ${teamsNews}`,
      'reply announcement/1/details',
      'edit announcement/1',
      'edit announcement/1/details',
      'edit announcement/1/followed',
      'edit announcement/1/preview/slack',
      'edit announcement/1/card/slack',
      'later announcement/1/check',
    ]);
    const after = await kept(stage);
    expect(after).toMatchObject({ corrected: stage.now(), content: { text: 'In two minutes.' } });
    expect(effects[3]).toEqual({ kind: 'edit', key: 'announcement/1', view: announcementView(after, { seen: 0 }) });
    expect(wordsOf(announcementView(after, { seen: 0 }))).toContain('corrected');
  });

  test('of two who change it at once the second is told, and keeps what they wrote', async () => {
    const stage = open();
    await stage.meet(grace, mira);
    await write(stage, grace);
    const [hers] = (await stage.press(grace, presses.edit, { number: 1 })).effects;
    const [miras] = (await stage.press(mira, presses.edit, { number: 1 })).effects;
    stage.pass(1);
    expect((await stage.fill(grace, hers, { ...words, title: 'Hers' })).errors).toBeUndefined();
    stage.pass(1);
    const second = await stage.fill(mira, miras, { ...words, title: 'Mira’s' });
    expect(second.effects).toEqual([]);
    expect(second.errors?.title).toContain('Somebody changed this announcement');
    expect((await kept(stage)).content.title).toBe('Hers');
  });

  test('what was dropped can’t be posted; a draft is changed without anybody else seeing it', async () => {
    const stage = open();
    await stage.meet(grace);
    await write(stage, grace);
    const [ask] = (await stage.press(grace, presses.edit, { number: 1 })).effects;
    const changed = await stage.fill(grace, ask, { ...words, title: 'Better' });
    expect(said(changed.effects)).toEqual([
      'edit announcement/1/preview/slack',
      'edit announcement/1/card/slack',
      'never announcement/1/go',
    ]);
    await stage.press(grace, presses.drop, { number: 1 });
    const posted = await stage.press(grace, presses.post, { number: 1 });
    expect(whispers(posted.effects)).toContain('It is dropped, so it can’t be posted any more.');
    expect((await kept(stage)).state).toBe('dropped');
  });
});

describe('taking back', () => {
  test('every copy says so and why, those that somebody deleted stay away, and it can’t be changed again', async () => {
    const stage = open();
    await stage.meet(grace);
    await write(stage, grace, { details: 'How.' });
    await stage.press(grace, presses.post, { number: 1 });
    const [ask] = (await stage.press(grace, presses.retract, { number: 1 })).effects;
    expect(ask).toMatchObject({ kind: 'ask', form: retractForm });
    const { effects } = await stage.fill(grace, ask, { why: 'It was too early.' });
    const it = await kept(stage);
    expect(effects.slice(0, 2)).toEqual([
      { kind: 'edit', key: 'announcement/1', view: announcementView(it, { seen: 0 }), leave: true },
      { kind: 'edit', key: 'announcement/1/details', view: detailsView(it), leave: true },
    ]);
    const words = wordsOf(announcementView(it, { seen: 0 }));
    expect(words).toContain('It was too early.');
    expect(words).not.toContain('They start in a minute.');
    expect(wordsOf(detailsView(it))).not.toContain('How.');
    // Nor does the list of those who write them say it any more.
    const listed = whispers((await stage.command(grace, 'announcements')).effects);
    expect(listed).toContain('Retracted');
    expect(listed).not.toContain('They start in a minute.');
    const edit = await stage.press(grace, presses.edit, { number: 1 });
    expect(whispers(edit.effects)).toContain('It is retracted, so it can’t be changed any more.');
    const seen = await stage.press(grace, presses.seen, { number: 1 });
    expect(whispers(seen.effects)).toContain('taken back');
  });
});

describe('reach', () => {
  test('each human is counted once, over both platforms; the copies are drawn again once a minute', async () => {
    const stage = open();
    await stage.meet(grace, ada, adaTeams, mira);
    await write(stage, grace);
    const early = await stage.press(ada, presses.seen, { number: 1 });
    expect(whispers(early.effects)).toContain('This is a preview');
    await stage.press(grace, presses.post, { number: 1 });
    const first = await stage.press(ada, presses.seen, { number: 1 });
    expect(said(first.effects)).toEqual(['whisper', 'later announcement/1/count']);
    expect(first.effects[1]).toMatchObject({ at: new Date('2026-03-02T09:01:00Z') });
    expect(whispers((await stage.press(adaTeams, presses.seen, { number: 1 })).effects)).toContain('counted once');
    await stage.press(mira, presses.seen, { number: 1 });
    expect(await stage.store.direct.features.announcements.seenBy(1)).toBe(2);
    expect(wordsOf(announcementView(await kept(stage), { seen: 2 }))).toContain('2 people got it');
  });
});

describe('who may', () => {
  test.each([
    ['announce', (stage: Stage) => stage.command(ada, 'announce')],
    ['post', (stage: Stage) => stage.press(ada, presses.post, { number: 1 })],
    ['change', (stage: Stage) => stage.press(ada, presses.edit, { number: 1 })],
    ['drop', (stage: Stage) => stage.press(ada, presses.drop, { number: 1 })],
    ['take back', (stage: Stage) => stage.press(ada, presses.retract, { number: 1 })],
  ])('a developer can’t %s', async (_, act) => {
    const stage = open();
    await stage.meet(grace, ada);
    await write(stage, grace);
    const { effects } = await act(stage);
    expect(effects.map((e) => e.kind)).toEqual(['whisper']);
    expect(whispers(effects)).toContain('Only platform engineers or the product manager');
    expect((await kept(stage)).state).toBe('draft');
  });

  test('a developer reads what was posted, with its details, and no drafts', async () => {
    const stage = open();
    await stage.meet(grace, ada);
    await write(stage, grace, { details: 'How it works.' });
    expect(whispers((await stage.command(ada, 'announcements')).effects)).toBe(
      'Nothing was announced yet. follow chooses what you hear of, and when.',
    );
    const draft = await stage.press(ada, presses.show, { number: 1 });
    expect(whispers(draft.effects)).toBe('It isn’t posted, so only those who write announcements can read it.');
    await stage.press(grace, presses.post, { number: 1 });
    expect(whispers((await stage.command(ada, 'announcements')).effects)).toContain('New: Faster previews');
    expect(whispers((await stage.press(ada, presses.show, { number: 1 })).effects)).toContain('How it works.');
  });
});

describe('bad input', () => {
  test.each([
    ['javascript:alert(1)'],
    ['JaVaScRiPt:alert(1)'],
    ['data:text/html,x'],
    ['mailto:a@b.test'],
    ['docs'],
    ['https://'],
  ])('the link %s is refused while the form is open', async (link) => {
    const stage = open();
    await stage.meet(grace);
    const { effects, errors } = await write(stage, grace, { link });
    expect(effects).toEqual([]);
    expect(errors?.link).toContain('This is not a web address');
    expect(await stage.store.direct.features.announcements.take(1)).toBeUndefined();
  });

  test.each([
    ['javascript:alert(1)//.png', 'x', 'picture'],
    ['http://docs.acme.test/a.png', 'x', 'picture'],
    ['data:image/png;base64,AAAA', 'x', 'picture'],
    ['https://docs.acme.test/a.svg', 'x', 'picture'],
    ['https://docs.acme.test/?a.png', 'x', 'picture'],
    ['https://docs.acme.test/a.png', undefined, 'alt'],
  ])('the picture %s, which shows %s, is refused while the form is open', async (picture, alt, field) => {
    const stage = open();
    await stage.meet(grace);
    const { effects, errors } = await write(stage, grace, { picture, ...(alt === undefined ? {} : { alt }) });
    expect(effects).toEqual([]);
    expect(Object.keys(errors ?? {})).toEqual([field]);
  });

  test('a picture stands in the message with its words, is offered again, and goes when it is taken back', async () => {
    const stage = open();
    await stage.meet(grace);
    const picture = { url: 'https://docs.acme.test/a.PNG?v=1', alt: 'A <graph>' };
    await write(stage, grace, { picture: picture.url, alt: picture.alt });
    const { effects } = await stage.press(grace, presses.post, { number: 1 });
    const [say] = effects.flatMap((e) => (e.kind === 'say' ? [e.view] : []));
    expect(say?.blocks).toContainEqual({ kind: 'picture', ...picture });
    const [ask] = (await stage.press(grace, presses.edit, { number: 1 })).effects;
    expect(ask).toMatchObject({ prior: { picture: picture.url, alt: picture.alt } });
    const [form] = (await stage.press(grace, presses.retract, { number: 1 })).effects;
    await stage.fill(grace, form, { why: 'No.' });
    expect(JSON.stringify(announcementView(await kept(stage), { seen: 0 }))).not.toContain('a.PNG');
  });

  test('mentions of everyone stay words', async () => {
    const stage = open();
    await stage.meet(grace);
    await write(stage, grace, { text: '<!channel> @everyone <at>all</at>' });
    const [text] = announcementView(await kept(stage), { seen: 0 }).blocks;
    expect(text).toEqual({ kind: 'text', text: [{ kind: 'plain', text: '<!channel> @everyone <at>all</at>' }] });
  });

  test('without a channel for news nobody types for nothing', async () => {
    const stage = openStage(database, () => settingsSchema.parse({ roles: settings.roles }));
    await stage.meet(grace);
    expect(whispers((await stage.command(grace, 'announce')).effects)).toContain('channels.updates in groundcrew.yaml');
  });

  test('an announcement that is not there', async () => {
    const stage = open();
    await stage.meet(grace);
    await expect(stage.press(grace, presses.post, { number: 9 })).rejects.toMatchObject({
      code: 'announcement_unknown',
    });
  });
});

import { describe, expect, test } from 'vitest';
import { presses } from '../../src/core/announcements/keys.ts';
import { settingsSchema } from '../../src/core/settings.ts';
import {
  both,
  channels,
  formIn,
  labels,
  type Office,
  type On,
  openOffice,
  planUsual,
  said,
  usual,
} from '../support/office.ts';
import { ownDatabase } from '../support/own-database.ts';
import { wordsOf } from '../support/words.ts';

/* Demos and office hours as news. The demo is on Thursday, 26 March 2026, 14:00 in Berlin; it is Monday, 2 March. */

const database = await ownDatabase();

const news = {
  slack: 'slack:T1/CNEWS',
  teams: 'teams:11111111-1111-4111-8111-111111111111/19:news@thread.tacv2',
} as const;
const demo = {
  title: 'Platform demo',
  kind: 'demo',
  day: '2026-03-26',
  repeats: 'month',
  minutes: '30',
  slots: '',
  queue: 'true',
  about: 'What is new.',
};
const settingsOf = (updates: readonly string[], announcements: object = {}) =>
  settingsSchema.parse({
    roles: { platform: { emails: ['grace@acme.test'] } },
    channels: { updates },
    announcements,
  });
/** A series is planned into the channels of its own; the news have theirs. */
async function open(announcements: object = {}, more: object = demo) {
  let updates: readonly string[] = Object.values(channels);
  const office = await openOffice(database, { settings: () => settingsOf(updates, announcements) });
  await office.begin();
  return {
    office,
    async plan(host: Parameters<Office['say']>[0]): Promise<void> {
      await planUsual(office, host, { ...more });
      updates = Object.values(news);
    },
  };
}
const standing = (office: Office, place: string) => office.stands(place).map((v) => `${v.title}\n${wordsOf(v)}`);

describe.each<On>(['slack', 'teams'])('on %s', (on) => {
  const { dev, host, bob } = both[on];

  test('a demo is announced a week before, once, and stays as the demo is', async () => {
    const { office, plan } = await open({ areas: ['delivery'], sessions: { demo: { days: 7, areas: ['delivery'] } } });
    const follow = formIn(await office.say(dev, 'follow'));
    await office.send(dev, follow, { ...follow.prior, once: ['delivery'] });
    await plan(host);
    await office.until('2026-03-18T08:50:00Z', 24 * 60);
    expect(office.stands(host.account).filter((v) => v.id === 'announcement')).toEqual([]);
    await office.pass(20, 10);
    const drafted = standing(office, host.account).join();
    expect(drafted).toContain('Come along: Platform demo');
    expect(drafted).toContain('State: Planned for 2026-03-19T09:00:00.000Z');
    expect(standing(office, news[on])).toEqual([]);

    // What comes onto the agenda until then is in it.
    const asked = formIn(await office.push(bob, 'demo.add', { n: 1 }));
    await office.send(bob, asked, { ...asked.prior, title: 'Faster <!channel> builds', minutes: '10' });
    await office.until('2026-03-19T09:10:00Z', 12 * 60);
    for (const place of Object.values(news)) {
      const [post, ...more] = office.stands(place);
      expect(more).toEqual([]);
      expect(post?.title).toBe('Come along: Platform demo');
      expect(wordsOf(post as never)).toContain('When: 2026-03-26T13:00:00.000Z to 2026-03-26T13:30:00.000Z');
      expect(wordsOf(post as never)).toContain('• Faster <!channel> builds');
      expect(labels(post)).toEqual(['Remind me', 'Got it']);
    }
    expect(office.stands(channels[on]).filter((v) => v.id === 'announcement')).toEqual([]);
    expect(standing(office, dev.account).join()).toContain('Come along: Platform demo');

    // Moved, it says when it is now; skipped, that it is not; and it is never announced a second time.
    const move = formIn(await office.push(host, 'office.move', { n: 1 }));
    await office.send(host, move, { ...move.prior, day: '2026-03-27', at: '15:00' });
    await office.pass(10, 5);
    const moved = standing(office, news[on]);
    expect(moved).toHaveLength(1);
    expect(moved[0]).toContain('When: 2026-03-27T14:00:00.000Z');
    expect(moved[0]).toContain('corrected');
    await office.push(host, 'office.skip', { n: 1 });
    await office.pass(10, 5);
    const skipped = office.stands(news[on])[0];
    expect(skipped?.title).toBe('Does not take place: Platform demo');
    expect(labels(skipped)).toEqual(['Got it']);
    expect(standing(office, dev.account).join()).toContain('Does not take place: Platform demo');
    await office.pass(24 * 60);
    expect(office.stands(news[on])).toHaveLength(1);
  });

  test('what is skipped before its announcement goes out is not announced, and one that was dropped stays dropped', async () => {
    const { office, plan } = await open();
    await plan(host);
    await office.until('2026-03-18T10:00:00Z', 24 * 60);
    await office.push(host, presses.drop, { number: 1 });
    await office.until('2026-03-19T10:00:00Z', 12 * 60);
    expect(office.stands(news[on])).toEqual([]);
    // The next one, on 23 April.
    await office.until('2026-04-15T12:00:00Z', 24 * 60);
    expect(standing(office, host.account).join()).toContain('Planned for 2026-04-16T08:00:00.000Z');
    // Postponed, it waits for a week before the new day; called otherwise, it is announced as that.
    const move = formIn(await office.push(host, 'office.move', { n: 2 }));
    await office.send(host, move, { ...move.prior, day: '2026-04-30', at: '15:00' });
    const rename = formIn(await office.push(host, 'office.edit-series', { series: 1 }));
    await office.send(host, rename, { ...rename.prior, title: 'Show and tell' });
    await office.until('2026-04-16T10:00:00Z', 6 * 60);
    expect(office.stands(news[on])).toEqual([]);
    const postponed = standing(office, host.account).join();
    expect(postponed).toContain('Planned for 2026-04-23T08:00:00.000Z');
    expect(postponed).toContain('Come along: Show and tell');
    await office.push(host, 'office.skip', { n: 2 });
    await office.until('2026-04-23T10:00:00Z', 12 * 60);
    expect(office.stands(news[on])).toEqual([]);
    expect(standing(office, host.account).join()).toContain('Dropped: its session is not to come any more');
  });

  test('any session is announced by hand, wherever its host wants it, once', async () => {
    const { office, plan } = await open({}, usual);
    await plan(host);
    expect(JSON.stringify(await office.push(dev, presses.session, { n: 1 }))).toContain('not-allowed');
    expect(said(await office.push(host, presses.session, { n: 1 }))).toContain('It is drafted');
    expect(said(await office.push(host, presses.session, { n: 1 }))).toContain('announcement #1 already');
    await office.push(host, presses.post, { number: 1 });
    for (const place of Object.values(news)) {
      const [post] = office.stands(place);
      expect(post?.title).toBe('Come along: Platform office hours');
      expect(labels(post)).toEqual(['Sign up', 'Remind me', 'Got it']);
    }
    await office.push(host, 'office.skip', { n: 2 });
    expect(said(await office.push(host, presses.session, { n: 2 }))).toContain('not to come any more');
  });

  test('the changelog names what is to come, as it is by then; alone it is no news', async () => {
    const { office, plan } = await open({ changelog: { zone: 'Europe/Berlin' } }, { ...usual, day: '2026-03-03' });
    await plan(host);
    await office.until('2026-03-05T14:10:00Z', 24 * 60);
    const drafts = () =>
      office
        .stands(host.account)
        .filter((v) => v.title.startsWith('What’s new'))
        .map(wordsOf);
    expect(drafts()).toEqual([]);
    await database.pool.query(
      `insert into groundcrew.feedback (requester, account, what, why, pain, state, created, changed, shipped)
       select id, 'slack:T1/UADA', 'Previews', 'because', 3, 'shipped', '2026-03-01', '2026-03-06', '2026-03-06'
       from groundcrew.person order by created_at limit 1`,
    );
    await office.until('2026-03-12T14:10:00Z', 24 * 60);
    expect(drafts()[0]).toContain('Come along');
    expect(drafts()[0]).toContain('• Platform office hours, 2026-03-17T13:00:00.000Z');
    const n = 3;
    const move = formIn(await office.push(host, 'office.move', { n }));
    await office.send(host, move, { ...move.prior, day: '2026-03-18', at: '16:00' });
    await office.pass(10, 5);
    expect(drafts()[0]).toContain('• Platform office hours, 2026-03-18T15:00:00.000Z');
    await office.push(host, presses.post, { number: 1 });
    await office.push(host, 'office.skip', { n });
    await office.pass(10, 5);
    expect(standing(office, news[on]).join()).toContain('2026-03-18T15:00:00.000Z, does not take place');
  });
});

import { describe, expect, test } from 'vitest';
import type { Profile } from '../../src/core/kernel/index.ts';
import { askedIn } from '../support/house.ts';
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
  signUp,
} from '../support/office.ts';
import { ownDatabase } from '../support/own-database.ts';
import { wordsOf } from '../support/words.ts';

const database = await ownDatabase();

const platforms: readonly On[] = ['slack', 'teams'];
const seats = async () =>
  (await database.pool.query('select person, state, slot from groundcrew.office_seat order by nth')).rows.map(
    (r) => `${r.state}${r.slot === null ? '' : ` ${r.slot}`}`,
  );

async function hostOf(office: Office, who: Profile): Promise<readonly string[]> {
  await office.say(who, 'me');
  const { rows } = await database.pool.query('select person from groundcrew.account where id = $1', [who.account]);
  return rows.map((r) => r.person);
}

describe.each(platforms)('on %s', (on) => {
  const { dev, host, bob, eve } = both[on];
  const other = both[on === 'slack' ? 'teams' : 'slack'];

  test('a series is planned by form, announced on both platforms, and listed', async () => {
    const office = await openOffice(database);
    const empty = await office.say(dev, 'office-hours');
    expect(said(empty)).toContain(
      'Nothing is planned at the moment. Tell the Acme platform team what you would come with',
    );
    const mine = await office.say(host, 'office-hours');
    expect(said(mine)).toContain('Nothing is planned at the moment. Plan office hours');
    expect(said(mine)).toContain('[Plan office hours]');

    const planned = await planUsual(office, host);
    expect(said(planned)).toContain('every Thursday at 14:00 (Europe/Berlin), 60 minutes');
    for (const place of Object.values(channels)) {
      const [view, ...rest] = office.stands(place);
      expect(rest).toEqual([]);
      expect(view && wordsOf(view)).toContain('When: 2026-03-05T13:00:00.000Z to 2026-03-05T14:00:00.000Z');
      expect(view && wordsOf(view)).toContain('Places: 3 of 3 times free');
      expect(labels(view)).toEqual(['Sign up', 'Remind me']);
    }
    const { rows } = await database.pool.query('select day, starts from groundcrew.office_session order by starts');
    // Summer time begins on 29 March: the time on the wall stays.
    expect(rows.map((r) => `${r.day} ${r.starts.toISOString()}`).slice(2, 5)).toEqual([
      '2026-03-19 2026-03-19T13:00:00.000Z',
      '2026-03-26 2026-03-26T13:00:00.000Z',
      '2026-04-02 2026-04-02T12:00:00.000Z',
    ]);
    expect(said(await office.say(dev, 'office-hours'))).toContain('Platform office hours · 2026-03-05T13:00:00.000Z');
  });

  test('a series is on several weekdays, and the form shows them again when it is changed', async () => {
    const office = await openOffice(database);
    const planned = await planUsual(office, host, { on: ['th', 'tu'] });
    expect(said(planned)).toContain('every Tuesday and Thursday at 14:00 (Europe/Berlin), 60 minutes');
    const days = async () =>
      (
        await database.pool.query(
          `select day from groundcrew.office_session where state = 'planned' order by starts limit 4`,
        )
      ).rows.map((r) => r.day);
    expect(await days()).toEqual(['2026-03-05', '2026-03-10', '2026-03-12', '2026-03-17']);
    const edit = formIn(await office.push(host, 'office.edit-series', { series: 1 }));
    expect(edit.prior).toMatchObject({ repeats: 'week', on: ['tu', 'th'] });
    await office.send(host, edit, { ...edit.prior, repeats: '2-weeks', on: ['we'] });
    expect(await days()).toEqual(['2026-03-11', '2026-03-25', '2026-04-08', '2026-04-22']);
    const monthly = formIn(await office.push(host, 'office.edit-series', { series: 1 }));
    const refused = await office.send(host, monthly, { ...monthly.prior, repeats: 'month' });
    const reply = refused.replies[0];
    expect(reply?.kind === 'ask' && reply.asked.errors.on).toContain('Only what repeats by weeks');
  });

  test('somebody signs up, changes, cancels; who waits gets the place and is told', async () => {
    const office = await openOffice(database);
    await planUsual(office, host, { minutes: '20' });
    await signUp(office, dev, 1, { topic: 'My <!channel> build\r\nBEGIN:VEVENT' });
    const [card] = office.stands(dev.account);
    expect(card && wordsOf(card)).toContain('You have 2026-03-05T13:00:00.000Z.');
    expect(card && wordsOf(card)).toContain('About: My <!channel> build\nBEGIN:VEVENT');
    expect(labels(card)).toEqual(['Change', 'Add to my calendar', 'Give it back']);

    await signUp(office, other.bob, 1);
    const [waiting] = office.stands(other.bob.account);
    expect(waiting && wordsOf(waiting)).toContain('you are number 1 on the waiting list');
    await office.seconds(2);
    expect(wordsOf(office.stands(channels.teams)[0] as never)).toContain('0 of 1 times free · 1 waiting');

    const changed = await office.push(dev, 'office.change', { n: 1 });
    expect(formIn(changed).prior).toMatchObject({ topic: 'My <!channel> build\nBEGIN:VEVENT', time: '0' });
    await office.send(dev, formIn(changed), { topic: 'My build', time: '0' });
    expect(wordsOf(office.stands(dev.account)[0] as never)).toContain('About: My build');

    expect(said(await office.push(dev, 'office.cancel', { n: 1 }))).toContain('You’re not signed up any more.');
    expect(labels(office.stands(dev.account)[0])).toEqual(['Sign up']);
    const told = office.stands(other.bob.account);
    expect(told.map((v) => wordsOf(v))).toEqual([
      expect.stringContaining('You have 2026-03-05T13:00:00.000Z.'),
      expect.stringContaining('A time became free, and it’s yours: 2026-03-05T13:00:00.000Z.'),
    ]);
    expect(await seats()).toEqual(['cancelled', 'in 0']);
    // Again: last in the order, and told in the same message as before.
    await signUp(office, dev, 1);
    expect(office.stands(dev.account)).toHaveLength(1);
    expect(wordsOf(office.stands(dev.account)[0] as never)).toContain('number 1 on the waiting list');
  });

  test('the same person on both platforms has one place', async () => {
    const office = await openOffice(database);
    await planUsual(office, host);
    await signUp(office, both.slack.dev, 1);
    const again = formIn(await office.push(both.teams.dev, 'office.sign-up', { n: 1 }));
    expect(again.form.title).toBe('Change my place');
    await office.send(both.teams.dev, again, { topic: 'The same', time: '1' });
    expect(await seats()).toEqual(['in 1']);
  });

  test('a time that was taken meanwhile is refused in the form, with what was typed', async () => {
    const office = await openOffice(database);
    await planUsual(office, host);
    const mine = formIn(await office.push(dev, 'office.sign-up', { n: 1 }));
    await signUp(office, bob, 1, { time: '1' });
    const answer = await office.send(dev, mine, { topic: 'Mine', time: '1' });
    const reply = answer.replies[0];
    expect(reply?.kind === 'ask' && reply.asked.errors).toEqual({
      time: 'Somebody was faster: this time is taken. Please choose another one.',
    });
    expect(reply?.kind === 'ask' && reply.asked.prior).toEqual({ topic: 'Mine', time: '1' });
  });

  test('who comes along is told, and hears when it is called off', async () => {
    const office = await openOffice(database);
    await planUsual(office, host);
    await office.say(eve, 'me');
    await signUp(office, dev, 1, { with: eve.account });
    expect(office.heard(eve.account).at(-1)).toContain('signed up together with you, for 2026-03-05T13:00:00.000Z.');
    await office.push(dev, 'office.cancel', { n: 1 });
    expect(wordsOf(office.stands(eve.account).at(-1) as never)).toContain('not signed up any more');
  });

  test.each([
    ['a zone that does not exist', { zone: 'Europe/Berlinn' }, { zone: '“Europe/Berlinn” is not a time zone I know' }],
    ['a recurring start in the night', { at: '02:30' }, { at: 'What repeats can’t begin at 02:30' }],
    ['a conversation longer than all of it', { slots: '90' }, { slots: 'One conversation can’t take longer' }],
    ['a day that has passed', { day: '2026-03-01', repeats: 'once' }, { day: 'This has passed' }],
    ['no way to come', { slots: '', queue: 'false' }, { queue: 'nobody could come' }],
  ])('a form with %s stays open and says why', async (_, wrong, expected) => {
    const office = await openOffice(database);
    const answer = await planUsual(office, host, wrong);
    const reply = answer.replies[0];
    const errors = reply?.kind === 'ask' ? reply.asked.errors : {};
    for (const [field, words] of Object.entries(expected)) expect(errors[field]).toContain(words);
    expect(Object.keys(errors)).toEqual(Object.keys(expected));
    expect(askedIn(answer)).toBeDefined();
  });

  test('who signs up reads the day in words, in their own zone', async () => {
    const office = await openOffice(database);
    await planUsual(office, host);
    const { form } = formIn(await office.push(dev, 'office.sign-up', { n: 1 }));
    expect(form.intro).toMatch(/^Platform office hours, [A-Z][a-z]{2}, \d{1,2} [A-Z][a-z]{2,3} 2026, \d\d:\d\d \(/);
  });

  test('what failed and what was asked for is offered, of one’s own and one’s teams only', async () => {
    const office = await openOffice(database);
    await planUsual(office, host);
    await office.say(dev, 'me');
    await office.say(bob, 'me');
    const incident = (team: string, words: unknown) =>
      database.pool.query(
        `insert into groundcrew.incident (id, cluster, subject, family, state, cause, verdict, team, opened, changed)
         values (gen_random_uuid(), 'prod', $1, 'running', 'open', 'image-not-found', $2, $3, $4, $4)`,
        [`Deployment/${team}/web`, JSON.stringify({ summary: words }), team, office.clock.now()],
      );
    await incident('shop', [
      { kind: 'code', text: 'web' },
      { kind: 'plain', text: ' can’t start' },
    ]);
    await incident('data', [{ kind: 'plain', text: 'somebody else’s' }]);
    const offered = async (who: typeof dev) => {
      const { link } = formIn(await office.push(who, 'office.sign-up', { n: 1 })).form.fields;
      return link?.kind === 'choice' ? link.options.map((o) => o.label) : [];
    };
    expect(await offered(dev)).toEqual(['Failed deployment #1: web can’t start']);
    expect(await offered(bob)).toEqual([]);
    await signUp(office, dev, 1, { link: 'incident-1' });
    expect(wordsOf(office.stands(dev.account)[0] as never)).toContain('Linked: Failed deployment #1: web can’t start');
    // Where there are several clusters it is told in which of them.
    const several = await openOffice(database, {
      clusters: new Map([
        ['prod', 'prod-eu'],
        ['us', 'prod-us'],
      ]),
    });
    const { link } = formIn(await several.push(dev, 'office.sign-up', { n: 1 })).form.fields;
    expect(link).toMatchObject({ options: [{ label: 'Failed deployment #1: prod-eu: web can’t start' }] });
    // A value that was not offered is refused by the form.
    const answer = await signUp(office, bob, 1, { link: 'incident-1' });
    expect(JSON.stringify(answer.replies)).not.toContain('can’t start');
    expect(office.heard(bob.account).join()).not.toContain('can’t start');
  });

  test('a request is brought along: offered to who made it, shown to the hosts, and to nobody else', async () => {
    const office = await openOffice(database);
    await planUsual(office, host, { hosts: await hostOf(office, host) });
    await office.say(dev, 'me');
    await database.pool.query(
      `insert into groundcrew.request (verb, path, version, "values", team, requester, account, state, created, changed)
       select 'create', path, '1', '{}', 'shop', person, id, state, at, at from groundcrew.account,
         (values ('postgres', 'failed', $2::timestamptz), ('redis', 'ready', $2::timestamptz - interval '15 days')) r (path, state, at)
       where id = $1`,
      [dev.account, office.clock.now()],
    );
    const { link } = formIn(await office.push(dev, 'office.sign-up', { n: 1 })).form.fields;
    expect(link?.kind === 'choice' && link.options).toEqual([
      { value: 'request-1', label: 'Request #1: postgres, failed' },
    ]);
    // Not of somebody else, not even of the same team; and what is older than two weeks is of the past.
    const others = formIn(await office.push(bob, 'office.sign-up', { n: 1 }));
    expect(others.form.fields.link).toBeUndefined();
    await office.send(bob, others, { topic: 'x', time: '1', link: 'request-1' });
    expect(office.heard(bob.account).join()).not.toContain('postgres');

    await signUp(office, dev, 1, { link: 'request-1', time: '0' });
    expect(wordsOf(office.stands(dev.account)[0] as never)).toContain('Linked: Request #1: postgres, failed');
    // It stays when the topic is changed, and goes when it is taken away.
    const change = formIn(await office.push(dev, 'office.change', { n: 1 }));
    expect(change.prior).toMatchObject({ link: 'request-1' });
    await office.until('2026-03-04T21:30:00Z');
    expect(office.heard(host.account).at(-1)).toContain('Request #1: postgres, failed');
    await office.send(dev, change, { topic: 'Another', time: '0' });
    expect(wordsOf(office.stands(dev.account)[0] as never)).not.toContain('Linked');
  });

  test('a developer plans nothing, and is told who may', async () => {
    const office = await openOffice(database);
    expect(said(await office.say(dev, 'office-hours new'))).toContain(
      'Only platform engineers or the product manager can do this.',
    );
  });
});

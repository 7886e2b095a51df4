import type { AddressInfo } from 'node:net';
import ICAL from 'ical.js';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createAddresses } from '../../src/addresses.ts';
import { createCalendars } from '../../src/calendars.ts';
import { type Mail, mailInput, mailSend } from '../../src/core/invitations/mail.ts';
import { type Action, type Answer, buttonsOf, type Json } from '../../src/core/kernel/index.ts';
import { startInviting } from '../../src/inviting.ts';
import { createHttpServer } from '../../src/server.ts';
import { virtualClock } from '../support/clock.ts';
import { quiet } from '../support/house.ts';
import { both, formIn, labels, type Office, type On, openOffice, planUsual, said, signUp } from '../support/office.ts';
import { ownDatabase } from '../support/own-database.ts';
import { wordsOf } from '../support/words.ts';

const database = await ownDatabase();

const from = { name: 'The platform team', email: 'platform@acme.test' };
type Sent = Mail & { readonly key: string };

/** An office with a listener of its own, whose mail goes into a list. `refuse`: what the mail server says instead. */
async function open(options: { readonly reachable?: boolean; readonly refuse?: string } = {}) {
  const mails: Sent[] = [];
  const send: Action = {
    name: mailSend,
    async run(input: Json, key: string) {
      if (options.refuse !== undefined) return { sent: false, why: options.refuse };
      mails.push({ ...mailInput.parse(input), key });
      return { sent: true };
    },
  };
  let origin: string | undefined;
  const addresses = createAddresses(() => (options.reachable === false ? undefined : origin), Buffer.alloc(32, 7));
  const office: Office = await openOffice(database, { actions: [send], address: addresses.of });
  const calendars = createCalendars({
    read: addresses.read,
    store: office.store.direct.features.invitations,
    team: () => 'Acme platform',
    now: () => office.clock.now(),
  });
  const server = createHttpServer({
    routes: new Map(),
    otherwise: (req, res) => calendars.handle(req, res),
    log: quiet,
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    office,
    mails,
    /** As the process does now and then. */
    async look(): Promise<readonly Sent[]> {
      const before = mails.length;
      const at = office.clock.now();
      if (await office.store.direct.features.invitations.owing(at))
        await office.engine.report({
          kind: 'observed',
          what: 'invitations.look',
          input: from,
          at,
          delivery: `look/${crypto.randomUUID()}`,
        });
      await office.work();
      return mails.slice(before);
    },
  };
}

/** The events of a calendar, read by a parser that is not ours. */
function events(ics: string) {
  const calendar = new ICAL.Component(ICAL.parse(ics));
  for (const zone of calendar.getAllSubcomponents('vtimezone')) ICAL.TimezoneService.register(zone);
  return calendar.getAllSubcomponents('vevent').map((e) => {
    const event = new ICAL.Event(e);
    return {
      uid: event.uid,
      sequence: event.sequence,
      title: event.summary,
      at: event.startDate.toJSDate().toISOString(),
      until: event.endDate.toJSDate().toISOString(),
      status: e.getFirstPropertyValue('status'),
      method: calendar.getFirstPropertyValue('method'),
    };
  });
}
const addressIn = (answer: Answer): string =>
  /http:[^"\s]+\.ics/.exec(JSON.stringify(answer.replies))?.[0] ?? 'no address';
const read = async (url: string, headers: Record<string, string> = {}) => fetch(url, { headers });

describe.each<On>(['slack', 'teams'])('on %s', (on) => {
  const { dev, host } = both[on];

  test('somebody gets an address for their sessions; it follows, and only the newest works', async () => {
    const { office } = await open();
    await planUsual(office, host);
    await signUp(office, dev, 1, { topic: 'Slow\r\nBEGIN:VEVENT', time: '1' });
    const mine = await office.say(dev, 'calendar');
    expect(said(mine)).toContain('2026-03-05T13:20:00.000Z: Platform office hours');
    const first = addressIn(await office.push(dev, 'calendar.subscribe', {}));
    const feed = await read(first);
    expect(feed.headers.get('content-type')).toBe('text/calendar; charset=utf-8; method=PUBLISH');
    expect(events(await feed.text())).toEqual([
      {
        uid: expect.stringMatching(/^session-1-20260302T\d+Z@groundcrew$/),
        sequence: 0,
        title: 'Platform office hours',
        at: '2026-03-05T13:20:00.000Z',
        until: '2026-03-05T13:40:00.000Z',
        status: 'CONFIRMED',
        method: 'PUBLISH',
      },
    ]);
    // What has not changed is not sent again.
    const etag = feed.headers.get('etag') as string;
    office.clock.jump(60_000);
    expect((await read(first, { 'if-none-match': etag })).status).toBe(304);

    expect(labelsOf(await office.say(dev, 'calendar'))).toContain('Stop');
    // A button of an older message gives no second one.
    expect(said(await office.push(dev, 'calendar.subscribe', {}))).toContain('You have an address for it.');
    expect((await read(first)).status).toBe(200);
    const second = addressIn(await office.push(dev, 'calendar.renew', {}));
    expect(second).not.toBe(first);
    expect((await read(first)).status).toBe(410);
    expect((await read(second)).status).toBe(200);

    await office.push(dev, 'office.cancel', { n: 1 });
    expect(events(await (await read(second)).text())).toEqual([]);
    expect(said(await office.push(dev, 'calendar.stop', {}))).toContain('does not work any more');
    expect((await read(second)).status).toBe(410);
    const { rows } = await database.pool.query('select count(*)::int as n from groundcrew.calendar_feed');
    expect(rows).toEqual([{ n: 0 }]);
  });

  test('a series has an address of its own, with a moved session where it is', async () => {
    const { office } = await open();
    await planUsual(office, host);
    const url = addressIn(await office.push(dev, 'calendar.subscribe', { series: 1 }));
    const before = events(await (await read(url)).text());
    expect(before).toMatchObject([{ title: 'Platform office hours', at: '2026-03-05T13:00:00.000Z', sequence: 0 }]);
    const asked = formIn(await office.push(host, 'office.move', { n: 2 }));
    await office.send(host, asked, { ...asked.prior, day: '2026-03-13', at: '15:30' });
    const after = events(await (await read(url)).text());
    expect(after.map((e) => [e.uid, e.at])).toEqual([
      [before[0]?.uid, '2026-03-05T13:00:00.000Z'],
      [before[0]?.uid, '2026-03-13T14:30:00.000Z'],
    ]);
  });

  test('the message about a place leads to a file of it', async () => {
    const { office } = await open();
    await planUsual(office, host);
    await signUp(office, dev, 1, { time: '2' });
    expect(labels(office.stands(dev.account)[0])).toContain('Add to my calendar');
    const answer = await office.push(dev, 'calendar.file', { n: 1 });
    const file = await read(addressIn(answer));
    expect(file.headers.get('content-disposition')).toBe('attachment; filename="session.ics"');
    expect(events(await file.text())).toMatchObject([
      { at: '2026-03-05T13:40:00.000Z', title: 'Platform office hours' },
    ]);
    // Nobody else’s topic or name stands in it.
    expect(await (await read(addressIn(answer))).text()).not.toContain('is stuck');
  });

  test('without an address of ours it says who can change that', async () => {
    const { office } = await open({ reachable: false });
    await planUsual(office, host);
    expect(said(await office.say(dev, 'calendar'))).toContain('PUBLIC_URL');
    expect(said(await office.push(dev, 'calendar.subscribe', {}))).toContain('PUBLIC_URL');
    expect(said(await office.push(dev, 'calendar.file', { n: 1 }))).toContain('PUBLIC_URL');
    const { rows } = await database.pool.query('select count(*)::int as n from groundcrew.calendar_feed');
    expect(rows).toEqual([{ n: 0 }]);
  });

  test('who signed up is mailed once, again when it is moved, and that it is gone', async () => {
    const { office, look } = await open();
    await planUsual(office, host);
    await signUp(office, dev, 1, { topic: 'Slow builds', time: '1' });
    const first = await look();
    // The host has two sessions within the next two weeks, and one mail for each.
    expect(first.map((m) => [m.to.email, m.method, m.subject]).toSorted()).toEqual([
      ['ada@acme.test', 'REQUEST', 'Platform office hours, Thu 5 March, 13:20 (Europe/London)'],
      ['grace@acme.test', 'REQUEST', 'Platform office hours, Thu 12 March, 09:00 (America/New_York)'],
      ['grace@acme.test', 'REQUEST', 'Platform office hours, Thu 5 March, 08:00 (America/New_York)'],
    ]);
    const own = first.find((m) => m.to.email === 'ada@acme.test');
    expect(own?.text).toContain('You come with: Slow builds');
    const [invited] = events(own?.ics ?? '');
    expect(invited).toMatchObject({ sequence: 0, at: '2026-03-05T13:20:00.000Z', method: 'REQUEST' });
    expect(own?.ics).toContain('ORGANIZER;CN="The platform team":mailto:platform@acme.test');
    expect(await look()).toEqual([]);

    const asked = formIn(await office.push(host, 'office.move', { n: 1 }));
    await office.send(host, asked, { ...asked.prior, day: '2026-03-06', at: '10:00' });
    const moved = (await look()).filter((m) => m.to.email === 'ada@acme.test');
    expect(moved.map((m) => m.subject)).toEqual(['Changed: Platform office hours, Fri 6 March, 09:20 (Europe/London)']);
    const [again] = events(moved[0]?.ics ?? '');
    expect(again).toMatchObject({ uid: invited?.uid, at: '2026-03-06T09:20:00.000Z', method: 'REQUEST' });
    expect(again?.sequence).toBeGreaterThan(0);

    await office.push(dev, 'office.cancel', { n: 1 });
    const gone = await look();
    expect(gone.map((m) => [m.to.email, m.method])).toEqual([['ada@acme.test', 'CANCEL']]);
    const [cancelled] = events(gone[0]?.ics ?? '');
    expect(cancelled).toMatchObject({ uid: invited?.uid, status: 'CANCELLED', method: 'CANCEL' });
    expect(cancelled?.sequence).toBeGreaterThan(again?.sequence ?? 0);
    expect(await look()).toEqual([]);

    await signUp(office, dev, 1, { time: '0' });
    const back = (await look()).filter((m) => m.to.email === 'ada@acme.test');
    expect(back.map((m) => m.method)).toEqual(['REQUEST']);
    expect(events(back[0]?.ics ?? '')[0]?.sequence).toBeGreaterThan(cancelled?.sequence ?? 0);
  });

  test('the first mail of a session that was moved before says nothing of a change', async () => {
    const { office, look } = await open();
    await planUsual(office, host);
    const asked = formIn(await office.push(host, 'office.move', { n: 1 }));
    await office.send(host, asked, { ...asked.prior, day: '2026-03-06', at: '10:00' });
    await signUp(office, dev, 1, { time: '1' });
    const first = (await look()).filter((m) => m.to.email === 'ada@acme.test');
    expect(first.map((m) => m.subject)).toEqual(['Platform office hours, Fri 6 March, 09:20 (Europe/London)']);
  });

  test('who wants no mails gets none, of nothing, until they want them again', async () => {
    const { office, look } = await open();
    const ofDev = async () => (await look()).filter((m) => m.to.email === 'ada@acme.test').map((m) => m.method);
    await planUsual(office, host);
    expect(labelsOf(await office.say(dev, 'calendar'))).not.toContain('No more mails');
    await signUp(office, dev, 1, { topic: 'Slow builds', time: '1' });
    const [invited] = (await look()).filter((m) => m.to.email === 'ada@acme.test');
    expect(invited?.text).toContain('To get no such mails, ask me for “calendar” in chat.');
    expect(labelsOf(await office.say(dev, 'calendar'))).toContain('No more mails');

    const off = await office.push(dev, 'calendar.mails', { on: false });
    expect(said(off)).toContain('You get no mails.');
    expect(labelsOf(off)).toEqual(['Mail me again']);
    // A second tap is no harm; neither a move, a new place nor a cancellation is mailed. In chat all of it is told.
    await office.push(dev, 'calendar.mails', { on: false });
    const asked = formIn(await office.push(host, 'office.move', { n: 1 }));
    await office.send(host, asked, { ...asked.prior, day: '2026-03-06', at: '10:00' });
    await signUp(office, dev, 2);
    expect(await ofDev()).toEqual([]);
    expect(office.heard(dev.account).join('\n')).toContain('was moved');
    await office.push(dev, 'office.cancel', { n: 2 });
    expect(await ofDev()).toEqual([]);
    // On the other platform it is the same person, and the way back.
    const there = both[on === 'slack' ? 'teams' : 'slack'].dev;
    expect(labelsOf(await office.say(there, 'calendar'))).toContain('Mail me again');
    expect(said(await office.push(there, 'calendar.mails', { on: true }))).toContain('You’re mailed when');
    const [moved, ...rest] = (await look()).filter((m) => m.to.email === 'ada@acme.test');
    expect(rest).toEqual([]);
    expect(moved?.subject).toBe('Changed: Platform office hours, Fri 6 March, 09:20 (Europe/London)');
    expect(await ofDev()).toEqual([]);
  });

  test('a mail that is refused is told in chat, and the place stays', async () => {
    const { office, look } = await open({ refuse: '550 No such user here' });
    await planUsual(office, host);
    await signUp(office, dev, 1);
    await look();
    const told = office.stands(dev.account).map((v) => wordsOf(v));
    expect(told.at(-1)).toContain('Your mail server did not take the invitation: 550 No such user here.');
    expect(await look()).toEqual([]);
    expect(labels(office.stands(dev.account).at(-1))).toEqual(['No more mails']);
  });
});

const labelsOf = (answer: Answer): readonly string[] =>
  answer.replies.flatMap((r) => (r.kind === 'whisper' ? buttonsOf(r.view).map((b) => b.label) : []));

test('a person on both platforms has one calendar, and one mail', async () => {
  const { office, look } = await open();
  await planUsual(office, both.slack.host);
  await signUp(office, both.slack.dev, 1);
  expect((await look()).filter((m) => m.to.email === 'ada@acme.test')).toHaveLength(1);
  const url = addressIn(await office.push(both.teams.dev, 'calendar.subscribe', {}));
  expect(events(await (await read(url)).text())).toHaveLength(1);
});

test('two processes that look at once mail once', async () => {
  const { office, mails } = await open();
  await planUsual(office, both.slack.host);
  await signUp(office, both.slack.dev, 1);
  const at = office.clock.now();
  const look = (n: number) =>
    office.engine.report({ kind: 'observed', what: 'invitations.look', input: from, at, delivery: `look/${n}` });
  await Promise.all([look(1), look(2), look(3)]);
  await office.work();
  expect(mails.filter((m) => m.to.email === 'ada@acme.test')).toHaveLength(1);
  expect(new Set(mails.map((m) => m.key)).size).toBe(mails.length);
});

test.each([
  ['another number', (url: string) => url.replace('/session/1', '/session/2')],
  ['no signature', (url: string) => url.replace(/\/s\/[\w-]{32}/, '')],
  ['another signature', (url: string) => url.replace(/\/s\/[\w-]{4}/, '/s/AAAA')],
])('an address that we did not make is nothing: %s', async (_, forge) => {
  const { office } = await open();
  await planUsual(office, both.slack.host);
  const url = addressIn(await office.push(both.slack.dev, 'calendar.file', { n: 1 }));
  expect((await read(url)).status).toBe(200);
  expect((await read(forge(url))).status).toBe(404);
  expect((await fetch(url, { method: 'POST' })).status).toBe(404);
});

test('whoever is owed is looked for now and then, until the process stops', async () => {
  const clock = virtualClock();
  let owing = false;
  const reported: string[] = [];
  const inviting = startInviting({
    from,
    owing: async () => owing,
    report: async (inbound) => void reported.push(inbound.kind === 'observed' ? inbound.what : inbound.kind),
    clock,
    log: quiet,
  });
  const pass = () => clock.pass(20_000);
  await pass();
  expect(reported).toEqual([]);
  owing = true;
  await pass();
  await pass();
  expect(reported).toEqual(['invitations.look', 'invitations.look']);
  inviting.stop();
  await pass();
  expect(reported).toHaveLength(2);
});

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createAddresses } from '../src/addresses.ts';
import { createAnnouncementPages } from '../src/announcement-pages.ts';
import { goPath, pathOf, presses } from '../src/core/announcements/keys.ts';
import { settingsSchema } from '../src/core/settings.ts';
import { openTestDatabase } from './support/database.ts';
import { grace } from './support/house.ts';
import { openStage } from './support/stage.ts';
import { wordsOf } from './support/words.ts';

const database = await openTestDatabase();
let origin = '';
const addresses = createAddresses(() => origin, Buffer.alloc(32, 7));
const settings = settingsSchema.parse({
  name: 'the <Acme> team',
  roles: { platform: { emails: ['grace@acme.test'] } },
  channels: { updates: ['slack:T1/CNEWS'] },
});
const stageOf = () =>
  openStage(
    database,
    () => settings,
    () => ({ paths: [], broken: [] }),
    addresses.of,
  );
const handle = createAnnouncementPages({
  read: addresses.read,
  store: stageOf().store.direct.features.announcements,
  team: () => settings.name,
});
const server = createServer((req, res) => {
  void handle(req, res).then((known) => {
    if (!known) res.writeHead(404).end();
  });
});
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
beforeEach(() => database.empty());
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await database.close();
});

const get = (url: string | undefined, init: RequestInit = {}) => fetch(url ?? '', { redirect: 'manual', ...init });
const browser = { headers: { 'user-agent': 'Mozilla/5.0 (X11; Linux) Firefox/140.0' } };

async function posted() {
  const stage = stageOf();
  await stage.meet(grace);
  const [ask] = (await stage.command(grace, 'announce')).effects;
  const written = {
    kind: 'new',
    title: '<script>alert(1)</script>',
    text: 'a & b',
    link: 'https://docs.acme.test/x',
    picture: 'https://docs.acme.test/a.png',
    alt: 'A "button"',
  };
  await stage.fill(grace, ask, written);
  const early = await get(addresses.of(pathOf(1)));
  expect(early.status).toBe(404);
  const { effects } = await stage.press(grace, presses.post, { number: 1 });
  const [said] = effects.flatMap((e) => (e.kind === 'say' ? [e.view] : []));
  return { stage, said };
}

test('the message leads to addresses of ours: one that counts and leads on, one to read it at', async () => {
  const { said } = await posted();
  const links = JSON.stringify(said).match(/"url":"[^"]+"/g);
  expect(links?.slice(-2)).toEqual([`"url":"${addresses.of(goPath(1))}"`, `"url":"${addresses.of(pathOf(1))}"`]);
});

test('who follows the link is led on and counted, by nothing but a number; machines that look ahead are not counted', async () => {
  const { stage } = await posted();
  const go = addresses.of(goPath(1));
  for (const init of [
    browser,
    browser,
    { ...browser, method: 'HEAD' },
    { headers: { 'user-agent': 'Slackbot-LinkExpanding 1.0' } },
  ]) {
    const answer = await get(go, init);
    expect([answer.status, answer.headers.get('location')]).toEqual([302, 'https://docs.acme.test/x']);
    expect(answer.headers.get('set-cookie')).toBeNull();
  }
  expect(await stage.store.direct.features.announcements.follows(1)).toBe(2);
  const card = await stage.press(grace, presses.show, { number: 1 });
  expect(card.effects.map((e) => (e.kind === 'whisper' ? wordsOf(e.view) : '')).join()).toContain(
    'Link followed: 2 times',
  );
});

test('the page says what was announced, as words, and follows what becomes of it', async () => {
  const { stage } = await posted();
  const read = async () => (await get(addresses.of(pathOf(1)), browser)).text();
  const before = await read();
  expect(before).toContain('New: &#60;script&#62;alert(1)&#60;/script&#62;');
  expect(before).toContain('a &#38; b');
  expect(before).toContain('the &#60;Acme&#62; team');
  expect(before).not.toContain('<script>');
  expect(before).toContain('<a href="https://docs.acme.test/a.png" rel="noreferrer">Picture: A &#34;button&#34;</a>');
  const [ask] = (await stage.press(grace, presses.retract, { number: 1 })).effects;
  await stage.fill(grace, ask, { why: 'Too <early>.' });
  const after = await read();
  expect(after).toContain('Taken back: ');
  expect(after).toContain('Too &#60;early&#62;.');
  expect(after).not.toContain('a &#38; b');
  expect(after).not.toContain('a.png');
  // What was taken back leads nobody on.
  expect((await get(addresses.of(goPath(1)), browser)).status).toBe(200);
});

test.each([
  ['without our signature', () => `${origin}/announcements/1`],
  ['with another’s', () => `${addresses.of('/announcements/2')}`.replace('/announcements/2', '/announcements/1')],
  ['of one that is not there', () => addresses.of('/announcements/99')],
  ['of something else', () => addresses.of('/announcements/1/../x')],
])('an address %s is nothing', async (_, url) => {
  await posted();
  expect((await get(url(), browser)).status).toBe(404);
});

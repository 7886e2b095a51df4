import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import ICAL from 'ical.js';
import { SMTPServer } from 'smtp-server';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { messageId, sendMail } from '../../src/actions/mail.ts';
import { singleCalendar } from '../../src/core/calendar/ics.ts';
import { mailResult } from '../../src/core/invitations/mail.ts';

type Got = { readonly from: string; readonly to: readonly string[]; readonly raw: string };
const got: Got[] = [];
/** What the server answers to the next recipient. */
let refuse: { readonly code: number; readonly words: string } | undefined;
beforeEach(() => {
  got.length = 0;
  refuse = undefined;
});

const server = new SMTPServer({
  authOptional: true,
  disabledCommands: ['STARTTLS'],
  onRcptTo: (_, __, done) =>
    done(refuse ? Object.assign(new Error(refuse.words), { responseCode: refuse.code }) : undefined),
  onAuth: (_, __, done) => done(new Error('wrong password')),
  onData(stream, session, done) {
    const chunks: Buffer[] = [];
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('end', () => {
      const { mailFrom, rcptTo } = session.envelope;
      got.push({
        from: mailFrom ? mailFrom.address : '',
        to: rcptTo.map((r) => r.address),
        raw: Buffer.concat(chunks).toString('utf8'),
      });
      done();
    });
  },
});
server.listen(0, '127.0.0.1');
await once(server.server, 'listening');
const { port } = server.server.address() as AddressInfo;
afterAll(() => new Promise<void>((resolve) => void server.close(resolve)));

const from = { name: 'The platform team', email: 'platform@acme.test' };
const mail = sendMail({ url: `smtp://127.0.0.1:${port}`, from });
const ics = singleCalendar(
  'REQUEST',
  {
    uid: 'session-7@groundcrew',
    sequence: 2,
    title: 'Platform office hours',
    about: 'Why does my build take 40 minutes?',
    minutes: 15,
    organizer: from,
    attendees: [{ name: 'Ada', email: 'ada@acme.test' }],
    startsAt: new Date('2026-03-16T08:15:00Z'),
  },
  new Date('2026-03-02T09:00:00Z'),
);
const input = {
  to: { name: 'Ada Lovelace', email: 'ada@acme.test' },
  subject: 'Platform office hours, Monday 09:15',
  text: 'You have a slot.',
  method: 'REQUEST',
  ics,
} as const;

/** The headers of a message or of a part of it, unfolded. */
const headersOf = (part: string): string => (part.split('\r\n\r\n', 1)[0] ?? '').replaceAll(/\r\n\s+/g, ' ');
/** The body of the first part with this type, decoded. */
function partOf(raw: string, type: string): { readonly headers: string; readonly body: string } | undefined {
  const at = raw
    .split(/\r\n--[^\r\n]+\r\n/)
    .find((part) => headersOf(part).toLowerCase().includes(`content-type: ${type}`));
  if (!at) return undefined;
  const headers = headersOf(at);
  const body = at.slice(at.indexOf('\r\n\r\n') + 4);
  return { headers, body: /base64/i.test(headers) ? Buffer.from(body, 'base64').toString('utf8') : body };
}

test('a mail carries the event for the client to show and as a file', async () => {
  expect(mailResult.parse(await mail.run(input, 'invite/7'))).toEqual({ sent: true });
  expect(got).toHaveLength(1);
  const [{ from: sender, to, raw }] = got as [Got];
  expect([sender, to]).toEqual(['platform@acme.test', ['ada@acme.test']]);
  const head = headersOf(raw);
  expect(head).toContain('Subject: Platform office hours, Monday 09:15');
  expect(head).toContain(`Message-ID: ${messageId('invite/7')}`);
  expect(head).toContain('Auto-Submitted: auto-generated');
  expect(head).toMatch(/Content-Type: multipart\/mixed/);
  expect(raw).toMatch(/Content-Type: multipart\/alternative/);
  const shown = partOf(raw, 'text/calendar');
  expect(shown?.headers).toMatch(/charset=utf-8; method=REQUEST/);
  const event = new ICAL.Event(
    new ICAL.Component(ICAL.parse(shown?.body ?? '')).getFirstSubcomponent('vevent') ?? undefined,
  );
  expect(event).toMatchObject({ uid: 'session-7@groundcrew', sequence: 2, summary: 'Platform office hours' });
  const file = partOf(raw, 'application/ics');
  expect(file?.headers).toMatch(/filename=invite\.ics/);
  expect(file?.body).toBe(ics);
});

test('a second try of the same mail has the same id', async () => {
  await mail.run(input, 'invite/7');
  await mail.run(input, 'invite/7');
  await mail.run(input, 'invite/8');
  const ids = got.map(({ raw }) => /Message-ID: (\S+)/i.exec(headersOf(raw))?.[1]);
  expect(ids).toEqual([messageId('invite/7'), messageId('invite/7'), messageId('invite/8')]);
  expect(messageId('invite/7')).not.toBe(messageId('invite/8'));
});

test('what the server never takes is an outcome; what may pass later is tried again', async () => {
  refuse = { code: 550, words: 'No such user here' };
  expect(await mail.run(input, 'k')).toEqual({ sent: false, why: '550 No such user here' });
  refuse = { code: 451, words: 'Greylisted, come back' };
  await expect(mail.run(input, 'k')).rejects.toThrow('451 Greylisted');
  expect(got).toEqual([]);
});

test('a wrong password of ours, or a server that is away, is tried again', async () => {
  const wrong = sendMail({ url: `smtp://bot:wrong@127.0.0.1:${port}`, from });
  await expect(wrong.run(input, 'k')).rejects.toThrow(/Invalid login|wrong password/);
  const away = sendMail({ url: 'smtp://127.0.0.1:1', from });
  await expect(away.run(input, 'k')).rejects.toThrow('ECONNREFUSED');
});

test('what people typed makes no header and no recipient', async () => {
  const evil = 'x\r\nBcc: evil@evil.test\r\n\r\nbody';
  await mail.run({ ...input, subject: evil, to: { name: evil, email: 'ada@acme.test' } }, 'k');
  const [{ to, raw }] = got as [Got];
  expect(to).toEqual(['ada@acme.test']);
  expect(headersOf(raw)).not.toMatch(/(^|\r\n)Bcc:/i);
});

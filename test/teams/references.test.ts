import { expect, test } from 'vitest';
import { createReferenceBook, type Known } from '../../src/teams/references.ts';
import { virtualClock } from '../support/clock.ts';
import { memoryReferences } from '../support/teams-references.ts';
import { accountOf, ann, memoryLog, placeOf, TENANT_ID } from '../support/teams-world.ts';

const known = (over: Partial<Known['reference']> = {}): Known => ({
  place: placeOf('a:1'),
  reference: {
    serviceUrl: 'https://x/',
    tenantId: TENANT_ID,
    conversationId: 'a:1',
    conversationType: 'personal',
    botId: '28:app',
    account: accountOf(ann),
    installed: true,
    ...over,
  },
});
const open = () => {
  const memory = memoryReferences();
  const { log, lines } = memoryLog();
  const clock = virtualClock();
  return { ...memory, lines, clock, book: createReferenceBook(memory.references, log, clock) };
};

test('only what changed is written', async () => {
  const { book, state, kept } = open();
  book.keep(known());
  book.keep(known());
  await book.idle();
  expect(state.saves).toBe(1);
  book.keep(known({ serviceUrl: 'https://y/' }));
  book.keep(known({ serviceUrl: 'https://y/' }));
  await book.idle();
  expect(state.saves).toBe(2);
  expect(kept.get(placeOf('a:1'))?.serviceUrl).toBe('https://y/');
});

test('what was just learnt is known before it is written', async () => {
  const { book } = open();
  book.keep(known());
  expect(await book.find(placeOf('a:1'))).toEqual(known().reference);
  expect(await book.direct(accountOf(ann))).toEqual(known().reference);
});

test('a write that failed is made with the next activity', async () => {
  const { book, state, kept, lines } = open();
  state.away = true;
  book.keep(known());
  await book.idle();
  expect(lines.map((l) => l.level)).toEqual(['warn']);
  expect(await book.find(placeOf('a:1'))).toBeUndefined();
  expect(await book.direct(accountOf(ann))).toEqual(known().reference);
  state.away = false;
  book.keep(known());
  await book.idle();
  expect(kept.size).toBe(1);
});

test('a removal is remembered, and another process may have learnt that the bot is back', async () => {
  const { book, kept } = open();
  book.keep(known());
  book.removed(placeOf('a:1'), known().reference);
  await book.idle();
  expect(await book.find(placeOf('a:1'))).toMatchObject({ installed: false });
  expect(await book.direct(accountOf(ann))).toMatchObject({ installed: false });
  kept.set(placeOf('a:1'), known().reference);
  expect(await book.find(placeOf('a:1'))).toMatchObject({ installed: true });
  expect(await book.direct(accountOf(ann))).toMatchObject({ installed: true });
});

test('what was only refused is tried again after an hour; what worked then is forgiven, what was removed is not', async () => {
  const { book, clock, kept } = open();
  const place = placeOf('a:1');
  book.keep(known());
  book.removed(place, known().reference);
  await clock.pass(3_599_000);
  expect(await book.find(place)).toMatchObject({ installed: false });
  await clock.pass(1_000);
  const again = await book.find(place);
  expect(again).toMatchObject({ installed: true });
  expect(await book.direct(accountOf(ann))).toMatchObject({ installed: true });
  // Refused again, it waits again; it went through, so it is as before.
  book.removed(place, again as Known['reference']);
  expect(await book.find(place)).toMatchObject({ installed: false });
  await clock.pass(3_600_000);
  book.served({ place, reference: (await book.find(place)) as Known['reference'] });
  await book.idle();
  expect(kept.get(place)).toEqual(known().reference);
  book.keep(known({ installed: false }));
  await clock.pass(86_400_000);
  expect(await book.find(place)).toMatchObject({ installed: false });
});

import type { AccountId, PlaceId } from '../../src/core/kernel/index.ts';
import type { Meeting, Seat } from '../../src/core/office-hours/store.ts';
import { ann, grace, leo } from './golden.ts';

/* What the goldens of office hours are about: a Thursday at two in Berlin, with two who come. */

export const guest: Seat = {
  person: ann,
  account: 'slack:T1/U0ANN' as AccountId,
  state: 'in',
  slot: 0,
  nth: 1,
  topic: 'My *build*\nis <!channel> slow',
  about: { kind: 'incident', number: 7, words: 'web can’t start' },
  together: [],
  at: new Date('2026-03-02T09:00:00Z'),
};
const waits: Seat = {
  person: leo,
  account: 'teams:t1/aad-leo' as AccountId,
  state: 'in',
  nth: 2,
  topic: 'A GPU for a night',
  together: [ann],
  at: guest.at,
  here: guest.at,
};
export const meeting: Meeting = {
  series: {
    number: 3,
    kind: 'office-hours',
    title: 'Platform office hours',
    about: 'Bring what slows you down.',
    schedule: {
      start: '2026-03-05',
      at: '14:00',
      zone: 'Europe/Berlin',
      rule: { kind: 'weekly', every: 1, on: ['th'] },
      changes: [],
    },
    minutes: 60,
    slotMinutes: 20,
    queue: true,
    link: 'https://meet.acme.example/platform',
    places: ['slack:T1/C0HELP' as PlaceId],
    hosts: [grace],
    created: guest.at,
  },
  session: {
    number: 5,
    series: 3,
    on: '2026-03-05',
    startsAt: new Date('2026-03-05T13:00:00Z'),
    minutes: 60,
    slotMinutes: 20,
    queue: true,
    link: 'https://meet.acme.example/platform',
    state: 'planned',
    host: grace,
    moved: false,
    sequence: 0,
    turn: 0,
  },
  seats: [guest, waits],
};

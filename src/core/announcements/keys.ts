import { z } from 'zod';
import type { PersonId, PlaceId, PlatformName } from '../kernel/index.ts';

/** The keys of messages and times. */
export const keys = {
  /** The message itself, in all channels. */
  post: (n: number) => `announcement/${n}`,
  details: (n: number) => `announcement/${n}/details`,
  /** The author’s own copies, one a platform: the message as it is drawn there, and what can be done with it. */
  preview: (n: number, platform: PlatformName) => `announcement/${n}/preview/${platform}`,
  card: (n: number, platform: PlatformName) => `announcement/${n}/card/${platform}`,
  /** The message to one of those who have to do something, and the reminders of it. */
  owed: (id: number) => `announcement/owed/${id}`,
  nudge: (id: number, nudge: string) => `announcement/owed/${id}/nudge/${nudge}`,
  escalation: (n: number, nth: string) => `announcement/${n}/escalation/${nth}`,
  allDone: (n: number) => `announcement/${n}/done`,
  /** The copies of those who follow what it is about; and what came until one of them, for somebody. */
  followed: (n: number) => `announcement/${n}/followed`,
  digestOf: (p: PersonId, last: number) => `announcement/digest/${p}/${last}`,
  /** To the owner of a changelog that is not approved yet. */
  waiting: (n: number, when: 'before' | 'after') => `announcement/${n}/waits/${when}`,
  /** To the owner of the changelog, in the week after one. */
  unread: (last: string) => `changelog/unread/${last}`,
  lost: (n: number, place: PlaceId, attempt?: number) =>
    `announcement/${n}/lost/${place}${attempt === undefined ? '' : `/${attempt}`}`,
  /** Times. */
  check: (n: number) => `announcement/${n}/check`,
  count: (n: number) => `announcement/${n}/count`,
  spread: (n: number) => `announcement/${n}/spread`,
  follower: (n: number, p: PersonId) => `announcement/${n}/follower/${p}`,
  digest: (p: PersonId) => `announcement/digest/${p}`,
  go: (n: number) => `announcement/${n}/go`,
  remind: (n: number) => `announcement/${n}/remind`,
  act: (n: number) => `announcement/${n}/act`,
  waits: (n: number) => `announcement/${n}/waits`,
  nudges: (n: number) => `announcement/${n}/nudges`,
  /** One for each person: of two reminders for the same morning the later one counts. */
  nudgeOf: (id: number) => `announcement/owed/${id}/nudge`,
} as const;

/** The names of the presses; their values are JSON. */
export const presses = {
  write: 'announcement.write',
  show: 'announcement.show',
  post: 'announcement.post',
  plan: 'announcement.plan',
  done: 'announcement.done',
  outstanding: 'announcement.outstanding',
  edit: 'announcement.edit',
  drop: 'announcement.drop',
  retract: 'announcement.retract',
  again: 'announcement.again',
  follow: 'announcement.follow',
  up: 'announcement.up',
  omit: 'announcement.omit',
  word: 'announcement.word',
  pick: 'announcement.pick',
  seen: 'announcement.seen',
  /** A session of office hours, or a demo, is announced. */
  session: 'announcement.session',
} as const;

export const forms = {
  write: 'announcement.write',
  retract: 'announcement.retract',
  word: 'announcement.word',
  pick: 'announcement.pick',
  follow: 'announcement.follow',
} as const;
export const jobs = {
  check: 'announcement.check',
  count: 'announcement.count',
  go: 'announcement.go',
  remind: 'announcement.remind',
  act: 'announcement.act',
  nudges: 'announcement.nudges',
  nudge: 'announcement.nudge',
  week: 'announcement.week',
  plan: 'announcement.plan',
  waits: 'announcement.waits',
  spread: 'announcement.spread',
  follower: 'announcement.follower',
  digest: 'announcement.digest',
  sessions: 'announcement.sessions',
} as const;

export const numbered = z.object({ number: z.int32().positive() });

/** Where it can be read in a browser, and where its link leads on: signed, so nobody comes by without having seen it. */
export const pathOf = (n: number): string => `/announcements/${n}`;
export const goPath = (n: number): string => `/announcements/${n}/go`;

import { z } from 'zod';
import type { PlaceId, PlatformName } from '../kernel/index.ts';

/** The keys of messages and times. */
export const keys = {
  /** The message itself, in all channels. */
  post: (n: number) => `announcement/${n}`,
  details: (n: number) => `announcement/${n}/details`,
  /** The author’s own copies, one a platform: the message as it is drawn there, and what can be done with it. */
  preview: (n: number, platform: PlatformName) => `announcement/${n}/preview/${platform}`,
  card: (n: number, platform: PlatformName) => `announcement/${n}/card/${platform}`,
  lost: (n: number, place: PlaceId) => `announcement/${n}/lost/${place}`,
  /** Times. */
  check: (n: number) => `announcement/${n}/check`,
  count: (n: number) => `announcement/${n}/count`,
} as const;

/** The names of the presses; their values are JSON. */
export const presses = {
  write: 'announcement.write',
  show: 'announcement.show',
  post: 'announcement.post',
  edit: 'announcement.edit',
  drop: 'announcement.drop',
  retract: 'announcement.retract',
  seen: 'announcement.seen',
} as const;

export const forms = { write: 'announcement.write', retract: 'announcement.retract' } as const;
export const jobs = { check: 'announcement.check', count: 'announcement.count' } as const;

export const numbered = z.object({ number: z.int32().positive() });

import type { GoldenPath, Ttl } from '../catalog/path.ts';
import type { Effect, Effects } from '../kernel/index.ts';
import type { Settings } from '../settings.ts';
import { jobs, keys, reminderSlots } from './keys.ts';
import type { Resource } from './store.ts';

const plus = (at: Date, seconds: number) => new Date(at.getTime() + seconds * 1000);

type Living = Pick<Resource, 'id' | 'expires' | 'state'>;

/**
 * The times of a thing: when it ends, and when its owner is reminded. Said again whenever the end moves, is set or is
 * taken away: keys are stable, so every time moves with it and none is left behind.
 */
export function times({ id, expires, state }: Living, settings: Settings, now: Date): Effects {
  const ends = state === 'gone' || state === 'deleting' ? undefined : expires;
  const reminders = Array.from({ length: reminderSlots }, (_, slot): Effect => {
    const before = settings.reminders[slot];
    const at = ends && before !== undefined ? plus(ends, -before) : undefined;
    const key = keys.remind(id, slot);
    return at && at > now ? { kind: 'later', job: jobs.remind, input: { id, slot }, at, key } : { kind: 'never', key };
  });
  const key = keys.expire(id);
  const end: Effect = ends
    ? { kind: 'later', job: jobs.expire, input: { id, tries: 0 }, at: ends, key }
    : { kind: 'never', key };
  return [end, ...reminders];
}

export type Extension =
  | { readonly is: 'granted'; readonly expires: Date; readonly left: number }
  /** The path's owner has to agree. */
  | { readonly is: 'asked'; readonly expires: Date }
  | { readonly is: 'refused'; readonly why: string };

/** What a press of *Extend* does now. `seen`: the end that the person saw. */
export function extension(
  resource: Resource,
  path: Pick<GoldenPath, 'ttl' | 'title'> | undefined,
  seen: Date,
  now: Date,
): Extension {
  if (resource.state === 'deleting' || resource.state === 'gone')
    return {
      is: 'refused',
      why: `It’s too late: “${resource.name}” is ${resource.state === 'gone' ? 'deleted' : 'being deleted'} already.`,
    };
  if (!resource.expires) return { is: 'refused', why: `“${resource.name}” has no end, so there is nothing to extend.` };
  if (resource.expires.getTime() !== seen.getTime())
    return { is: 'refused', why: `Somebody extended “${resource.name}” meanwhile, so nothing more was done.` };
  if (!path?.ttl)
    return { is: 'refused', why: `Its golden path says no more for how long “${resource.name}” may be extended.` };
  const { extend, extensions } = path.ttl;
  const from = resource.expires > now ? resource.expires : now;
  const expires = plus(from, extend);
  return resource.extended < extensions
    ? { is: 'granted', expires, left: extensions - resource.extended - 1 }
    : { is: 'asked', expires };
}

/** What happens when the end has come. `wait`: not now, something is under way. `early`: the end moved. */
export type Ending =
  | { readonly is: 'nothing' }
  | { readonly is: 'early'; readonly at: Date }
  | { readonly is: 'wait' }
  | { readonly is: 'hibernate'; readonly until: Date }
  | { readonly is: 'delete' };

export function ending(resource: Resource, ttl: Ttl | undefined, canHibernate: boolean, now: Date): Ending {
  if (resource.state === 'gone' || resource.state === 'missing' || !resource.expires) return { is: 'nothing' };
  // The clock may have been ahead, or the end has moved: nothing is ended before its time.
  if (resource.expires > now) return { is: 'early', at: resource.expires };
  if (resource.state === 'making' || resource.state === 'changing' || resource.state === 'deleting')
    return { is: 'wait' };
  return resource.state === 'active' && canHibernate && ttl?.hibernates !== undefined
    ? { is: 'hibernate', until: plus(now, ttl.hibernates) }
    : { is: 'delete' };
}

/** A reminder that comes late is of use only while there is still time to act, and while no later one says the same. */
export function useful(settings: Settings, slot: number, expires: Date, now: Date): boolean {
  const left = (expires.getTime() - now.getTime()) / 1000;
  const before = settings.reminders[slot];
  if (before === undefined || left <= 0) return false;
  return !settings.reminders.some((other, i) => i !== slot && other < before && left <= other);
}

import { type Day, nextOccurrences, scheduleSchema, wallOf } from '../calendar/index.ts';
import type { GoldenPath } from '../catalog/path.ts';
import { duration } from '../kernel/index.ts';
import type { Shipped } from '../roadmap/store.ts';
import type { Settings } from '../settings.ts';
import { type Kind, kinds } from './rules.ts';
import type { Announcement, Closed, Entry, KnownPath } from './store.ts';

export type Changelog = NonNullable<Settings['announcements']['changelog']>;

/** The next time at which a weekly thing happens, from a moment on. */
export function nextWeekly({ on, at }: Changelog['draft'], zone: string, after: Date): Date {
  const start = wallOf(after, zone).day;
  const schedule = scheduleSchema.parse({ start, at, zone, rule: { kind: 'weekly', on: [on] } });
  const [next] = nextOccurrences(schedule, new Date(after.getTime() + 1), 1);
  if (!next) throw new Error(`no ${on} at ${at} in ${zone}`);
  return next.startsAt;
}

/** What is known of a golden path from one week to the next. */
export const knownOf = (p: GoldenPath): KnownPath => ({
  path: p.name,
  version: p.version,
  lifecycle: p.lifecycle.is,
});

const patchOnly = (before: string, after: string): boolean =>
  before.split('.').slice(0, 2).join('.') === after.split('.').slice(0, 2).join('.');

/** How golden paths differ from what was known: new ones, versions, and those that come to an end. */
export function pathEntries(paths: readonly GoldenPath[], known: readonly KnownPath[]): readonly Entry[] {
  // Whoever sees them for the first time has no news of all of them.
  if (known.length === 0) return [];
  const before = new Map(known.map((k) => [k.path, k]));
  return paths.flatMap((p): readonly Entry[] => {
    const was = before.get(p.name);
    const link = /^https?:/.test(p.docs) ? { link: p.docs } : {};
    if (!was) return [{ id: `path/${p.name}`, kind: 'new', text: `${p.title}: ${p.summary}`, ...link }];
    if (p.lifecycle.is === 'deprecated' && was.lifecycle !== 'deprecated') {
      const { on, successor, because } = p.lifecycle;
      const instead = successor === undefined ? '' : ` Please use “${successor}” instead.`;
      const text = `From ${on} on nothing new is made from ${p.title}.${because ? ` ${because}` : ''}${instead}`;
      return [{ id: `path/${p.name}/end`, kind: 'deprecated', text, ...link }];
    }
    if (p.version === was.version) return [];
    const minor = patchOnly(was.version, p.version) ? ({ minor: true } as const) : {};
    const text = `${p.title} is at version ${p.version}; it was ${was.version}.`;
    return [{ id: `path/${p.name}/${p.version}`, kind: 'changed', text, ...link, ...minor }];
  });
}

/** What people asked for and have now, with those who are to be thanked for it. */
export const shippedEntry = (s: Shipped): Entry => ({
  id: `feedback/${s.number}`,
  kind: 'new',
  text: s.outcome ?? s.what,
  thanks: s.askers.slice(0, thanked).map((a) => a.person),
  asked: s.askers.length,
  ...(s.link === undefined ? {} : { link: s.link }),
});
/** By name; the others are counted. */
const thanked = 3;

export const incidentsId = 'incidents';
/** Incidents are told while they last. Here it is one line on all of them. */
export const incidentEntry = ({ count, median }: Closed): readonly Entry[] =>
  count === 0
    ? []
    : [
        {
          id: incidentsId,
          kind: 'fixed',
          text: `${count === 1 ? 'One incident was' : `${count} incidents were`} closed${median === undefined ? '' : `, half of them within ${duration(median)}`}.`,
          minor: true,
        },
      ];

/** What was announced by itself is named once more, for those who read once a week. */
export const announcedEntry = ({ number, content }: Announcement): Entry => ({
  id: `announcement/${number}`,
  kind: content.kind,
  text: content.title,
  ...(content.link === undefined ? {} : { link: content.link }),
});

/** By kind, in the order of kinds; within one in the order in which they came. */
export const ordered = (entries: readonly Entry[]): readonly Entry[] =>
  entries.toSorted((a, b) => kinds.indexOf(a.kind) - kinds.indexOf(b.kind));

/** Those of one kind, with the small ones apart. */
export function grouped(entries: readonly Entry[]): {
  readonly groups: readonly { readonly kind: Kind; readonly entries: readonly Entry[] }[];
  readonly minor: readonly Entry[];
} {
  const major = entries.filter((e) => !e.minor);
  return {
    groups: kinds
      .map((kind) => ({ kind, entries: major.filter((e) => e.kind === kind) }))
      .filter((g) => g.entries.length > 0),
    minor: entries.filter((e) => e.minor),
  };
}

/** Moves one up among those of its kind. */
export function raised(entries: readonly Entry[], id: string): readonly Entry[] {
  const at = entries.findIndex((e) => e.id === id);
  const above = entries.findLastIndex((e, i) => i < at && e.kind === entries[at]?.kind && !e.minor);
  const [one, other] = [entries[at], entries[above]];
  return one && other ? entries.with(above, one).with(at, other) : entries;
}

const named = (day: Day): string =>
  new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long', timeZone: 'UTC' }).format(
    new Date(`${day}T12:00Z`),
  );
/** What the week is called: its days, where the changelog is written. */
export function weekTitle(from: Date, to: Date, zone: string): string {
  const [first, last] = [named(wallOf(from, zone).day), named(wallOf(to, zone).day)];
  return first === last ? last : `${first} to ${last}`;
}

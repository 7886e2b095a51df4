/**
 * Time as people mean it. A schedule is kept as local time and zone; instants are worked out from it, each on its own,
 * and again whenever a zone's rules may have changed.
 *
 * - **day**, **wall**: a day of the calendar; a day and a time as a clock on the wall shows them.
 * - **schedule**: start, time, zone, rule, and the single occurrences that are not as the rule says.
 * - **occurrence**: one of them; its `on`, the day that the rule gives it, is its name for ever.
 * - **civil**: when somebody may be bothered, in their own zone.
 * - **holidays**: days on which nobody is, by the zones in which they hold.
 */
export * from './civil.ts';
export * from './holidays.ts';
export * from './occurrences.ts';
export * from './schedule.ts';
export * from './wall.ts';
export * from './words.ts';
export * from './zone.ts';

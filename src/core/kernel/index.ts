/**
 * The vocabulary.
 *
 * - **inbound**: everything that happens, at one door: a command, a press, a form, the clock, an outcome.
 * - **effect**: everything we do about it, returned by a handler as a value, committed with its rows, then delivered.
 * - **delivery**: the platform's own id of one arrival; a second one with the same id changes nothing.
 * - **feature**: handlers of one capability. **handler**: (input, ctx) -> effects, inside one transaction.
 * - **view**: what we show, in blocks named for meaning. **form**: what we ask, as data. **asked**: one form as shown.
 * - **person**: one human. **account**: their login on one platform. **place**: a channel or conversation.
 * - **lasting**: of a view, that it says the same to everybody of one kind, so it is made, drawn and kept once.
 * - **reply**: what the person who acted is answered at once. **outgoing**: what is delivered to a place or a person.
 * - **key**: names an effect, so that it happens once and its message can be found again.
 */
export * from './chart.ts';
export * from './commands.ts';
export * from './diff.ts';
export * from './duration.ts';
export * from './effect.ts';
export * from './feature.ts';
export * from './form.ts';
export * from './ids.ts';
export * from './inbound.ts';
export * from './lasting.ts';
export type * from './log.ts';
export * from './money.ts';
export * from './person.ts';
export * from './platform.ts';
export * from './problem.ts';
export * from './text.ts';
export * from './turns.ts';
export * from './view.ts';

import { z } from 'zod';
import type { Stores } from '../../src/core/features.ts';
import {
  type Answers,
  type Ctx,
  type Effects,
  type Feature,
  form,
  type Json,
  onCommand,
  onDue,
  onObserved,
  onOutcome,
  onPress,
  onShortcut,
  onSubmit,
  type PersonCtx,
  type PlaceId,
  type Refuse,
  said,
  type View,
} from '../../src/core/kernel/index.ts';

/** A form with a field that waits for another. */
export const order = form({
  id: 'probe.order',
  title: 'An order',
  submit: 'Send',
  fields: {
    what: { kind: 'text', label: 'What?', max: 20 },
    backup: { kind: 'toggle', label: 'With a backup?', optional: true },
    days: { kind: 'number', label: 'For how many days?', whole: true, shownIf: { field: 'backup', is: ['true'] } },
  },
});
type Order = Answers<(typeof order)['fields']>;

export const view = (words: string): View => ({
  id: 'probe',
  title: words,
  summary: words,
  blocks: [{ kind: 'text', text: said(words) }],
});
export const say = (place: string, key: string, words = key) =>
  ({ kind: 'say', place: place as PlaceId, key, view: view(words) }) as const;
export const edit = (key: string, words: string) => ({ kind: 'edit', key, view: view(words) }) as const;
export const whisper = (words: string) => ({ kind: 'whisper', view: view(words) }) as const;
export const askOrder = (carry = '', prior: Record<string, unknown> = {}) =>
  ({ kind: 'ask', form: order, carry, prior }) as const;

/** A feature whose handlers do what the test says; until then they do nothing. */
export function createProbe() {
  const nothing = async (): Promise<Effects> => [];
  const probe = {
    command: nothing as (args: string, ctx: PersonCtx<Stores>) => Promise<Effects>,
    press: nothing as (n: number, ctx: PersonCtx<Stores>) => Promise<Effects>,
    shortcut: nothing as (ctx: PersonCtx<Stores>) => Promise<Effects>,
    submit: nothing as (answers: Order, carry: string, ctx: PersonCtx<Stores>) => Promise<Effects | Refuse>,
    due: nothing as (input: Json, late: { meant: Date; seconds: number }, ctx: Ctx<Stores>) => Promise<Effects>,
    observed: nothing as (input: Json, ctx: Ctx<Stores>) => Promise<Effects>,
    outcome: nothing as (key: string, result: Json, ctx: Ctx<Stores>) => Promise<Effects>,
  };
  const anything = z.json().transform((v) => v as Json);
  const feature: Feature<Stores> = {
    name: 'probe',
    handlers: [
      onCommand('probe', { summary: 'A probe', may: 'anyone' }, (args, ctx) => probe.command(args, ctx)),
      onPress('probe', z.object({ n: z.int() }), 'anyone', ({ n }, ctx: PersonCtx<Stores>) => probe.press(n, ctx)),
      onShortcut('probe', { title: 'Probe', summary: 'A probe', where: 'global', may: 'anyone' }, (_, ctx) =>
        probe.shortcut(ctx),
      ),
      onSubmit(order, 'anyone', (answers, carry, ctx: PersonCtx<Stores>) => probe.submit(answers, carry, ctx)),
      onDue('probe', anything, (input, late, ctx: Ctx<Stores>) => probe.due(input, late, ctx)),
      onObserved('probe', anything, (input, ctx: Ctx<Stores>) => probe.observed(input, ctx)),
      onOutcome('probe', anything, (key, result, ctx: Ctx<Stores>) => probe.outcome(key, result, ctx)),
    ],
  };
  return Object.assign(probe, { feature });
}

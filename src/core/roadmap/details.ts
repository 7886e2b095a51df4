import { z } from 'zod';
import { presses } from '../feedback/buttons.ts';
import { redraw } from '../feedback/cards.ts';
import { make, type Store, take } from '../feedback/moving.ts';
import type { Details, Feedback, Moved } from '../feedback/store.ts';
import {
  type AccountId,
  type Effects,
  type Json,
  type May,
  type Option,
  onPress,
  onSubmit,
  type PersonCtx,
  refuse,
  shorten,
  whisper,
} from '../kernel/index.ts';
import { savedView } from './bond-view.ts';
import { detailsForm, detailsFormFor } from './forms.ts';
import { numbered } from './voices.ts';

const triage: May = ['platform', 'product'];

/** The fields of the form that say who, when and what; the rest is how it is asked. */
const names = ['impact', 'problem', 'outcome', 'persona', 'path', 'quarter', 'owner', 'confidence', 'effort'] as const;

const paths = (ctx: PersonCtx<Store>): readonly Option[] =>
  ctx.catalog.paths.map((p) => ({ value: p.name, label: shorten(p.title, 75) }));

async function prior(item: Feedback, ctx: PersonCtx<Store>): Promise<Record<string, unknown>> {
  const owner = item.owner && (await ctx.store.people.byId(item.owner))?.accounts[0];
  const kept = names.flatMap((name) => (item[name] === undefined ? [] : [[name, String(item[name])] as const]));
  return { impact: String(item.pain), ...Object.fromEntries(kept), ...(owner ? { owner } : { owner: undefined }) };
}

/** What is different now, as the history keeps it; people by their id. */
function changesOf(item: Feedback, next: Details): NonNullable<Moved['changes']> {
  return Object.fromEntries(
    names
      .filter((name) => item[name] !== next[name])
      .map((name) => [name, [(item[name] ?? null) as Json, (next[name] ?? null) as Json]]),
  );
}

const carried = numbered.extend({ before: z.record(z.string(), z.union([z.string(), z.number()])).optional() });
type Carried = NonNullable<z.output<typeof carried>['before']>;

/** What was not touched in the form, and was changed by somebody else while it was open, stays as they changed it. */
function meanwhile(typed: Details, before: Carried, item: Feedback): Details {
  const shown: Readonly<Record<string, unknown>> = { impact: item.pain, ...before };
  const kept = names.filter((name) => typed[name] === shown[name] && item[name] !== before[name]);
  return { ...typed, ...Object.fromEntries(kept.map((name) => [name, item[name]])) };
}

/** Whoever was chosen as the owner: known already, or met now. */
async function owner(account: AccountId | undefined, ctx: PersonCtx<Store>) {
  if (account === undefined) return { effects: [] };
  const known = await ctx.store.people.byAccount(account);
  if (known) return { owner: known.id, effects: [] };
  const { person } = await ctx.store.people.arrive(account, {}, ctx.now);
  const lookup = { kind: 'act', action: 'people.lookup', input: account, key: `people.lookup/${account}` } as const;
  return { owner: person.id, effects: [lookup] };
}

export const details = [
  onPress(presses.details, numbered, triage, async ({ number }, ctx: PersonCtx<Store>) => {
    const item = await take(number, ctx);
    return [
      {
        kind: 'ask',
        form: detailsFormFor(item, ctx.now, paths(ctx)),
        carry: JSON.stringify({ number, before: Object.fromEntries(names.map((name) => [name, item[name]])) }),
        prior: await prior(item, ctx),
      },
    ];
  }),
  onSubmit(detailsForm, triage, async (answers, carry, ctx: PersonCtx<Store>) => {
    const { number, before } = carried.parse(JSON.parse(carry));
    const item = await take(number, ctx);
    const { owner: account, confidence, words, ...plain } = answers;
    const { owner: id, effects } = await owner(account, ctx);
    const typed = {
      ...plain,
      confidence: confidence === undefined ? undefined : Number(confidence),
      owner: id,
    } as Details;
    const next = before ? meanwhile(typed, before, item) : typed;
    const named = Object.fromEntries(names.map((name) => [name, next[name]])) as Details;
    const changes = changesOf(item, next);
    const more = { details: named, changes, ...(words === undefined ? {} : { words }) };
    if (item.state === 'received' && item.into === undefined) {
      const made = await make('triage', number, { by: ctx.by.id }, ctx, more);
      return made.ok ? [...effects, ...made.effects] : refuse({ impact: made.why });
    }
    if (Object.keys(changes).length === 0 && words === undefined)
      return [...effects, whisper(savedView(item, 'Nothing was changed'))];
    const moved: Moved = {
      by: ctx.by.id,
      move: 'detail',
      state: item.state,
      at: ctx.now,
      changes,
      ...(words === undefined ? {} : { words }),
    };
    await ctx.store.feedback.moved(number, moved, named);
    return [...effects, ...(await redraw(number, ctx)), whisper(savedView(item, 'Saved'))] satisfies Effects;
  }),
];

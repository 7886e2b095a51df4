import { expect, expectTypeOf, test } from 'vitest';
import { z } from 'zod';
import { features, type Stores } from '../../src/core/features.ts';
import {
  type AccountId,
  type Answers,
  type Block,
  type CommandHandler,
  type Ctx,
  type Draw,
  type Effect,
  type Effects,
  type Feature,
  type FieldErrors,
  form,
  type Inbound,
  type Outgoing,
  onDue,
  onPress,
  type PersonalInbound,
  type PersonCtx,
  type PersonId,
  type PlaceId,
  type PressHandler,
  type Refuse,
  type Reply,
  type SubmitHandler,
  type View,
} from '../../src/core/kernel/index.ts';

/*
 * What must not compile. `tsc` is the judge of the `expectTypeOf` lines: they say nothing at run time, and break
 * `npm run types` when a type becomes wider or narrower than it may be.
 */

test('the answer of a form has the types of its fields', () => {
  const request = form({
    id: 'request',
    title: 'Request',
    submit: 'Send',
    fields: {
      name: { kind: 'text', label: 'Name' },
      note: { kind: 'text', label: 'Note', optional: true },
      gigabytes: { kind: 'number', label: 'Size' },
      backup: { kind: 'toggle', label: 'Backup' },
      days: { kind: 'number', label: 'Days', shownIf: { field: 'backup', is: ['true'] } },
      owner: { kind: 'person', label: 'Owner' },
      pain: { kind: 'scale', label: 'Pain', from: 1, to: 5, labels: ['low', 'high'] },
      from: { kind: 'date', label: 'From' },
      size: {
        kind: 'choice',
        label: 'Size',
        options: [
          { value: 'small', label: 'Small' },
          { value: 'large', label: 'Large' },
        ],
      },
      zones: {
        kind: 'choices',
        label: 'Zones',
        optional: true,
        options: [
          { value: 'a', label: 'A' },
          { value: 'b', label: 'B' },
        ],
      },
      image: { kind: 'search', label: 'Image', source: 'images' },
    },
  });
  type Got = Answers<(typeof request)['fields']>;
  expectTypeOf<Got>().toEqualTypeOf<{
    readonly name: string;
    readonly note: string | undefined;
    readonly gigabytes: number;
    readonly backup: boolean;
    readonly days: number | undefined;
    readonly owner: AccountId;
    readonly pain: number;
    readonly from: string;
    readonly size: 'small' | 'large';
    readonly zones: readonly ('a' | 'b')[] | undefined;
    readonly image: string;
  }>();
  expectTypeOf<'huge'>().not.toExtend<Got['size']>();
  expectTypeOf<undefined>().not.toExtend<Got['name']>();
  expect(Object.keys(request.fields)).toHaveLength(11);
});

test('a person, an account and a place are three different things', () => {
  expectTypeOf<PersonId>().not.toExtend<AccountId>();
  expectTypeOf<AccountId>().not.toExtend<PlaceId>();
  expectTypeOf<PlaceId>().not.toExtend<PersonId>();
  expectTypeOf<string>().not.toExtend<PlaceId>();
  expectTypeOf<PlaceId>().toExtend<string>();
  expectTypeOf<{ kind: 'say'; place: PersonId; view: View; key: string }>().not.toExtend<Effect>();
  expectTypeOf<{ kind: 'tell'; person: AccountId; view: View; key: string }>().not.toExtend<Effect>();
});

test('only a submit may be refused', () => {
  expectTypeOf<Awaited<ReturnType<SubmitHandler<object>['run']>>>().toEqualTypeOf<Effects | Refuse>();
  expectTypeOf<Awaited<ReturnType<PressHandler<object>['run']>>>().toEqualTypeOf<Effects>();
  expectTypeOf<Awaited<ReturnType<CommandHandler<object>['run']>>>().toEqualTypeOf<Effects>();
  expectTypeOf<Refuse>().not.toExtend<Effect>();
  expectTypeOf<{ name: number }>().not.toExtend<FieldErrors>();
});

test('a table over kinds has an entry for each kind and no other', () => {
  type Table = Draw<Block, string>;
  expectTypeOf<keyof Table>().toEqualTypeOf<Block['kind']>();
  expectTypeOf<Omit<Table, 'diff'>>().not.toExtend<Table>();
  expectTypeOf<Draw<Outgoing, void>>().toEqualTypeOf<{
    readonly post: (o: Extract<Outgoing, { kind: 'post' }>) => void;
    readonly direct: (o: Extract<Outgoing, { kind: 'direct' }>) => void;
    readonly reply: (o: Extract<Outgoing, { kind: 'reply' }>) => void;
    readonly edit: (o: Extract<Outgoing, { kind: 'edit' }>) => void;
    readonly home: (o: Extract<Outgoing, { kind: 'home' }>) => void;
  }>();
  expectTypeOf<keyof Draw<Reply, void>>().toEqualTypeOf<'whisper' | 'ask'>();
});

test('what the clock and the outside world send has no person, and a handler of theirs gets none', () => {
  expectTypeOf<PersonalInbound['kind']>().toEqualTypeOf<
    'command' | 'press' | 'shortcut' | 'submit' | 'changed' | 'search' | 'home' | 'reacted' | 'replied'
  >();
  expectTypeOf<Ctx<object>>().not.toHaveProperty('by');
  expectTypeOf<PersonCtx<object>>().toHaveProperty('by');
  const due = onDue('x', z.object({ n: z.number() }), async (input, late, ctx) => {
    expectTypeOf(input).toEqualTypeOf<{ n: number }>();
    expectTypeOf(late.meant).toEqualTypeOf<Date>();
    expectTypeOf(ctx).toEqualTypeOf<Ctx<unknown>>();
    return [];
  });
  expect(due.name).toBe('x');
});

test('a press takes what its schema takes', () => {
  const handler = onPress('x', z.object({ n: z.number() }), 'anyone', async ({ n }) => {
    expectTypeOf(n).toEqualTypeOf<number>();
    return [];
  });
  expectTypeOf(handler.press).parameter(0).toEqualTypeOf<{ n: number }>();
  expect(handler.press({ n: 1 })).toEqual({ name: 'x', value: '{"n":1}' });
});

test('nothing that a handler is given can be changed by it', () => {
  expectTypeOf<Effects>().not.toExtend<Effect[]>();
  expectTypeOf<PersonCtx<object>['by']['roles']>().not.toHaveProperty('add');
  expectTypeOf<Inbound['at']>().toEqualTypeOf<Date>();
});

test('a feature that needs a store which the product does not have is not a feature of it', () => {
  expectTypeOf<Feature<{ readonly horoscopes: object }>>().not.toExtend<Feature<Stores>>();
  expectTypeOf(features).toEqualTypeOf<readonly Feature<Stores>[]>();
  const names = features.map((f) => f.name);
  expect(names).toEqual(expect.arrayContaining(['feedback', 'people', 'help', 'operations']));
  expect(new Set(names).size).toBe(names.length);
});

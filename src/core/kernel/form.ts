import { z } from 'zod';
import { unfit } from './fitting.ts';
import type { AccountId } from './ids.ts';
import { Problem } from './problem.ts';
import { clean } from './text.ts';

export type Option = { readonly value: string; readonly label: string };

/** Shown only while another field has one of these values (a toggle's are `true` and `false`). */
export type Condition = { readonly field: string; readonly is: readonly string[] };

type Common = {
  readonly label: string;
  readonly hint?: string;
  readonly optional?: true;
  readonly shownIf?: Condition;
};
export type Field = Common &
  (
    | {
        readonly kind: 'text';
        readonly multiline?: true;
        readonly max?: number;
        readonly pattern?: string;
        readonly placeholder?: string;
      }
    | {
        readonly kind: 'number';
        readonly min?: number;
        readonly max?: number;
        readonly whole?: true;
        readonly unit?: string;
      }
    | { readonly kind: 'toggle' }
    /** `YYYY-MM-DD`, a local date. */
    | { readonly kind: 'date' }
    /** `HH:MM`, a local wall time. */
    | { readonly kind: 'time' }
    | { readonly kind: 'person' }
    | {
        readonly kind: 'scale';
        readonly from: number;
        readonly to: number;
        /** In words: one for each point, or for the two ends. */
        readonly labels: readonly string[];
      }
    | { readonly kind: 'choice'; readonly options: readonly Option[] }
    | { readonly kind: 'choices'; readonly options: readonly Option[] }
    /** One of many, found by typing; `source` names the function that searches. */
    | { readonly kind: 'search'; readonly source: string; readonly placeholder?: string }
  );
export type FieldKind = Field['kind'];
export type Fields = Readonly<Record<string, Field>>;

/** One field list gives the answer's type, the check on the server, the Slack modal and the Teams card. */
export type Form<Fs extends Fields = Fields> = {
  readonly id: string;
  readonly title: string;
  readonly submit: string;
  /** A line above the fields. */
  readonly intro?: string;
  readonly fields: Fs;
};

type Answer<F extends Field> = F extends { kind: 'number' | 'scale' }
  ? number
  : F extends { kind: 'toggle' }
    ? boolean
    : F extends { kind: 'person' }
      ? AccountId
      : F extends { kind: 'choice'; options: readonly { value: infer V }[] }
        ? V
        : F extends { kind: 'choices'; options: readonly { value: infer V }[] }
          ? readonly V[]
          : string;
type Absent<F extends Field> = F extends { optional: true } | { shownIf: Condition } ? undefined : never;
export type Answers<Fs extends Fields> = { readonly [K in keyof Fs]: Answer<Fs[K]> | Absent<Fs[K]> };

/** What was typed, by field name, as the adapters hand it over: text, lists of text, booleans; absent when empty. */
export type Raw = Readonly<Record<string, unknown>>;
/** What is wrong, by field name, in words for the person. */
export type FieldErrors = Readonly<Record<string, string>>;

/** Slack's and Teams' shortest limit for an option's value and label. */
const optionMax = 75;
/** Slack's limit of a text input, which Teams shares by our choice. */
export const textMax = 3000;

/**
 * Declares a form. Options have no comma in their values, since Teams sends a multiple choice as one
 * comma-separated text.
 */
export function form<const Fs extends Fields>(definition: Form<Fs>): Form<Fs> {
  for (const [name, field] of Object.entries<Field>(definition.fields)) {
    const options = field.kind === 'choice' || field.kind === 'choices' ? field.options : [];
    const bad = options.find((o) => o.value.includes(',') || o.value.length > optionMax || o.label.length > optionMax);
    if (bad)
      throw new Problem(
        'form_malformed',
        `Option ${bad.value} of ${definition.id}.${name} has a comma or is longer than ${optionMax}.`,
      );
    if (field.kind === 'scale' && field.labels.length !== 2 && field.labels.length !== field.to - field.from + 1)
      throw new Problem(
        'form_malformed',
        `${definition.id}.${name} has ${field.labels.length} labels: a scale has one for each point, or two for its ends.`,
      );
    if (field.shownIf && !Object.hasOwn(definition.fields, field.shownIf.field))
      throw new Problem('form_malformed', `${definition.id}.${name} depends on a field that the form does not have.`);
  }
  return definition;
}

/** The points of a scale as options, each with its words where it has some. */
export function pointsOf({ from, to, labels }: Extract<Field, { kind: 'scale' }>): readonly Option[] {
  const ends = labels.length === 2;
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => {
    const words = ends && from + i === to ? labels[1] : ends && i > 0 ? undefined : labels[i];
    return { value: String(from + i), label: words ? `${from + i} – ${words}` : String(from + i) };
  });
}

/** Whether other fields wait for this one: such a field is sent as soon as it changes. */
export const decides = (fields: Fields, name: string): boolean =>
  Object.values(fields).some((f) => f.shownIf?.field === name);

/** What was chosen, as a condition names it. An object is no choice: a client can send one that has no text. */
const chosenIn = (value: unknown): readonly string[] =>
  (Array.isArray(value) ? value : [value]).map((v: unknown) =>
    typeof v === 'string' || typeof v === 'boolean' || typeof v === 'number' ? String(v) : '',
  );

/** The names of the fields that are shown, given what was typed. A field that depends on a hidden one is hidden. */
export function shown(fields: Fields, raw: Raw): readonly string[] {
  const visible = (name: string, trail: readonly string[]): boolean => {
    const condition = fields[name]?.shownIf;
    if (!condition) return true;
    if (trail.includes(name)) return false;
    const chosen = chosenIn(raw[condition.field]);
    return condition.is.some((v) => chosen.includes(v)) && visible(condition.field, [...trail, name]);
  };
  return Object.keys(fields).filter((name) => visible(name, []));
}

const required = 'Please fill this in.';
const amount = (n: number, unit: string | undefined) => (unit ? `${n} ${unit}` : String(n));

/** A number as it is typed. Nothing typed is not zero. */
const typed = z.union([z.string().trim().min(1, required), z.number()], required);

type Check<K extends FieldKind> = (field: Extract<Field, { kind: K }>) => z.ZodType;
const checks: { readonly [K in FieldKind]: Check<K> } = {
  text: (f) => {
    const max = Math.min(f.max ?? textMax, textMax);
    const base = z
      .string(required)
      .transform((s) => clean(s).trim())
      .pipe(z.string().min(1, required).max(max, `Please keep this to ${max} characters at most.`));
    if (f.pattern === undefined) return base;
    const pattern = new RegExp(f.pattern, 'u');
    const error = ({ input }: { readonly input?: unknown }) => unfit(String(input), pattern, max, f.placeholder);
    return base.pipe(z.string().regex(pattern, { error }));
  },
  number: (f) => {
    const n = z.coerce.number<string | number>('Please enter a number.');
    const lowest = f.min === undefined ? n : n.min(f.min, `At least ${amount(f.min, f.unit)}.`);
    const bounded = f.max === undefined ? lowest : lowest.max(f.max, `At most ${amount(f.max, f.unit)}.`);
    return typed.pipe(f.whole ? bounded.int('Please enter a whole number.') : bounded);
  },
  toggle: () => z.union([z.boolean(), z.stringbool()], 'Please choose yes or no.'),
  date: () => z.iso.date('Please pick a date.'),
  time: () => z.string(required).regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'Please pick a time.'),
  person: () => z.string(required).regex(/^(slack|teams):[^/\s]+\/\S+$/, 'Please pick a person.'),
  scale: (f) =>
    typed.pipe(
      z.coerce
        .number<string | number>(required)
        .int(required)
        .min(f.from, `From ${f.from} to ${f.to}.`)
        .max(f.to, `From ${f.from} to ${f.to}.`),
    ),
  choice: (f) => z.enum(values(f.options), 'Please choose one of the options.'),
  choices: (f) =>
    z
      .array(z.enum(values(f.options), 'Please choose from the options.'), required)
      .min(1, required)
      .transform((chosen) => [...new Set(chosen)]),
  search: () => z.string(required).min(1, required).max(optionMax, 'Please pick one of those that were found.'),
};
const values = (options: readonly Option[]) => options.map((o) => o.value) as [string, ...string[]];

const empty = (value: unknown) => value === undefined || value === '' || (Array.isArray(value) && value.length === 0);

/** Checks what was typed against the form. Hidden fields are dropped, not checked. */
export function parse<Fs extends Fields>(
  definition: Form<Fs>,
  raw: Raw,
): { readonly ok: true; readonly answers: Answers<Fs> } | { readonly ok: false; readonly errors: FieldErrors } {
  const answers: Record<string, unknown> = {};
  const errors: Record<string, string> = {};
  for (const name of shown(definition.fields, raw)) {
    const field = definition.fields[name] as Field;
    const value = raw[name] ?? undefined;
    if (field.optional && empty(value)) continue;
    const result = (checks[field.kind] as Check<FieldKind>)(field as never).safeParse(value);
    if (result.success) answers[name] = result.data;
    else errors[name] = result.error.issues[0]?.message ?? required;
  }
  return Object.keys(errors).length > 0 ? { ok: false, errors } : { ok: true, answers: answers as Answers<Fs> };
}

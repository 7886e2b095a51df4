import { z } from 'zod';
import {
  type Asked,
  accountId,
  type Condition,
  clean,
  type Field,
  type FieldKind,
  type Fields,
  partsOf,
  platformOf,
  type Raw,
  shown,
} from '../core/kernel/index.ts';

/*
 * What a form card sends back, and how it is read. Inputs are named `<kind>:<field>`, so that an answer can be read
 * without the form. The card's data names the form as it was asked, the fields it drew, and on what the others depend:
 * all of it is held by a client, so it decides only how the form goes on, never what is accepted.
 */

/** The verb of the button that sends a form. */
export const submitVerb = 'form.submit';

const condition = z.object({ field: z.string().max(200), is: z.array(z.string().max(200)).max(200) });
/** What the submit button carries. */
export type FormData = {
  readonly asked: string;
  readonly form: string;
  readonly drawn: readonly string[];
  readonly conditions: { readonly [name: string]: { readonly field: string; readonly is: readonly string[] } };
};
const formData = z.object({
  asked: z.string().min(1).max(200),
  form: z.string().max(200).optional().catch(undefined),
  drawn: z.array(z.string().max(200)).max(500).catch([]),
  conditions: z.record(z.string().max(200), condition).catch({}),
});

export const inputId = (name: string, field: Field): string => `${field.kind}:${name}`;

export function formDataOf({ id: asked, form: { id: form, fields } }: Asked, drawn: readonly string[]): FormData {
  const dependent = Object.entries(fields).filter((e): e is [string, Field & { shownIf: Condition }] => !!e[1].shownIf);
  const conditions = dependent.map(([name, { shownIf }]) => [name, { field: shownIf.field, is: shownIf.is }] as const);
  return { asked, form, drawn, conditions: Object.fromEntries(conditions) };
}

/** The fields of the card's data, with nothing but what they depend on: all that `shown` looks at. */
function outline(data: Pick<FormData, 'drawn' | 'conditions'>): Fields {
  const bare = (name: string): Field => {
    const shownIf = Object.hasOwn(data.conditions, name) ? data.conditions[name] : undefined;
    return { kind: 'toggle', label: name, ...(shownIf ? { shownIf } : {}) };
  };
  const names = new Set([...data.drawn, ...Object.keys(data.conditions)]);
  return Object.fromEntries([...names].map((name) => [name, bare(name)]));
}

/** Whether these answers make fields visible that the card did not show. */
export const wantsMore = (data: Pick<FormData, 'drawn' | 'conditions'>, raw: Raw): boolean =>
  shown(outline(data), raw).some((name) => !data.drawn.includes(name));

/** Whether a field on the card decides about one that is not: then its button leads on instead of ending. */
export function goesOn(fields: Fields, drawn: readonly string[]): boolean {
  return Object.entries(fields).some(
    ([name, field]) => !drawn.includes(name) && field.shownIf !== undefined && drawn.includes(field.shownIf.field),
  );
}

const orgid = /^8:orgid:/;
/** From what a Teams input sends to what the kernel reads. */
const readers: { readonly [K in FieldKind]: (sent: string, tenant: string) => unknown } = {
  text: (s) => s,
  number: (s) => s.trim(),
  toggle: (s) => s === 'true',
  date: (s) => s,
  // Some clients send seconds.
  time: (s) => s.slice(0, 5),
  person: (s, tenant) => accountId('teams', tenant, s.replace(orgid, '')),
  scale: (s) => s,
  choice: (s) => s,
  choices: (s) => s.split(',').filter((v) => v !== ''),
  search: (s) => s,
};
const isKind = (kind: string): kind is FieldKind => Object.hasOwn(readers, kind);

/** Reads the answers out of a card's data: by field name; what was left empty is absent. */
export function readAnswers(data: Readonly<Record<string, unknown>>, tenant: string): Raw {
  const answers: [string, unknown][] = [];
  for (const [id, value] of Object.entries(data)) {
    const colon = id.indexOf(':');
    const kind = id.slice(0, Math.max(0, colon));
    if (!isKind(kind) || !['string', 'number', 'boolean'].includes(typeof value)) continue;
    const sent = clean(String(value));
    if (sent !== '') answers.push([id.slice(colon + 1), readers[kind](sent, tenant)]);
  }
  return Object.fromEntries(answers);
}

/** Reads a form out of a card's data; undefined when it is none. */
export function readForm(
  data: Readonly<Record<string, unknown>>,
  tenant: string,
):
  | { readonly kind: 'submit'; readonly asked: string; readonly raw: Raw; readonly form?: string }
  | { readonly kind: 'changed'; readonly asked: string; readonly raw: Raw }
  | undefined {
  const parsed = formData.safeParse(data);
  if (!parsed.success) return undefined;
  const raw = readAnswers(data, tenant);
  const asked = clean(parsed.data.asked);
  if (wantsMore(parsed.data, raw)) return { kind: 'changed', asked, raw };
  const { form } = parsed.data;
  return { kind: 'submit', asked, raw, ...(form === undefined ? {} : { form: clean(form) }) };
}

/** A person's answer as a Teams input holds it; undefined for an account of another platform. */
export function personValue(answer: unknown): string | undefined {
  if (typeof answer !== 'string') return undefined;
  try {
    return platformOf(answer as never) === 'teams' ? partsOf(answer as never).local : undefined;
  } catch {
    return undefined;
  }
}

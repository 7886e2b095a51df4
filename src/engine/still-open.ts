import type { Asked, Field, Inbound, SubmitHandler } from '../core/kernel/index.ts';

const tooOld =
  'This form is too old, so I don’t have it any more, and nothing was sent. Copy what you wrote, and open the form again.';
const isTyped = (field: Field): boolean => field.kind === 'text' || field.kind === 'number';

/**
 * A form that is not kept any more stays open with what was typed, so that it can be copied. It is drawn by nothing but
 * what the client sent, and nothing is remembered of it.
 */
export function stillOpen(
  { asked: id, raw }: Extract<Inbound, { kind: 'submit' }>,
  { form, gone = tooOld }: Pick<SubmitHandler<never>, 'form' | 'gone'> = {},
): Asked | undefined {
  const typed = Object.entries(form?.fields ?? {}).filter(([name, f]) => isTyped(f) && Object.hasOwn(raw, name));
  const [first] = typed;
  if (!form || !first) return undefined;
  const fields = Object.fromEntries(typed.map(([name, { shownIf: _, ...field }]) => [name, field as Field]));
  const prior = Object.fromEntries(typed.map(([name]) => [name, raw[name]]));
  return { id, form: { ...form, fields }, prior, errors: { [first[0]]: gone } };
}

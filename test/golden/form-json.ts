import type { Asked, Form, Raw } from '../../src/core/kernel/index.ts';
import { type Json, required, slack as s, teams as t } from './json.ts';

/* The fields of forms in few words, each drawn twice. */

export const asked = (form: Form, prior: Raw = {}): Asked => ({ id: 'asked-1', form, prior, errors: {} });
export const send = (form: string, title: string, ...drawn: readonly string[]): Json => ({
  type: 'Action.Submit',
  title,
  style: 'positive',
  data: { asked: 'asked-1', form, drawn, conditions: {} },
});

/** One field, drawn twice. */
export type Drawn = { readonly name: string; readonly slack: Json; readonly teams: readonly Json[] };
type More = { readonly optional?: true; readonly hint?: string; readonly placeholder?: string };
export const both = (name: string, label: string, slack: Json, teams: Json, { optional, hint }: More = {}): Drawn => ({
  name,
  slack: s.input(name, label, slack, { ...(optional ? { optional } : {}), ...(hint ? { hint: s.plain(hint) } : {}) }),
  teams: [{ ...teams, label, ...(optional ? {} : required) }, ...(hint ? [t.note(hint)] : [])],
});
export type Option = readonly [value: string, label: string];
const choices = (options: readonly Option[]) => options.map(([value, title]) => ({ title, value }));
export const radio = (
  kind: 'scale' | 'choice',
  name: string,
  label: string,
  options: readonly Option[],
  more: More = {},
) =>
  both(
    name,
    label,
    { type: 'radio_buttons', action_id: kind, options: options.map(([v, l]) => s.option(v, l)) },
    { type: 'Input.ChoiceSet', style: 'expanded', wrap: true, choices: choices(options), id: `${kind}:${name}` },
    more,
  );
export const menu = (name: string, label: string, options: readonly Option[], more: More = {}) =>
  both(
    name,
    label,
    { type: 'static_select', action_id: 'choice', options: options.map(([v, l]) => s.option(v, l)) },
    { type: 'Input.ChoiceSet', style: 'compact', wrap: true, choices: choices(options), id: `choice:${name}` },
    more,
  );
export const words = (name: string, label: string, max: number, multiline: boolean, more: More = {}) =>
  both(
    name,
    label,
    {
      type: 'plain_text_input',
      action_id: 'text',
      multiline,
      max_length: max,
      ...(more.placeholder ? { placeholder: s.plain(more.placeholder) } : {}),
    },
    {
      type: 'Input.Text',
      ...(multiline ? { isMultiline: true } : {}),
      maxLength: max,
      ...(more.placeholder ? { placeholder: more.placeholder } : {}),
      id: `text:${name}`,
    },
    more,
  );
export const drawn = (form: Form, title: string, submit: string, intro: string, fields: readonly Drawn[]) => ({
  asked: asked(form),
  slack: { title, submit, blocks: [s.context(intro), ...fields.map((f) => f.slack)] },
  teams: {
    body: [t.words(intro), ...fields.flatMap((f) => f.teams)],
    actions: [send(form.id, submit, ...fields.map((f) => f.name))],
  },
});

import {
  type AccountId,
  type Asked,
  clean,
  type Field,
  type FieldKind,
  type Names,
  noNames,
  type Option,
  pointsOf,
  type Raw,
  said,
  shown,
  textMax,
} from '../core/kernel/index.ts';
import { adaptiveCard, type Card, type Element } from './card.ts';
import { type FormData, formDataOf, goesOn, inputId, personValue, submitVerb } from './form-input.ts';
import { LIMITS } from './limits.ts';
import { escapeMarkdown } from './markdown.ts';
import { createPen, cut, firstOf, oneLine, type Pen } from './pen.ts';
import { heading, line, note, richText } from './rich-text.ts';

/** The people of the tenant, as Teams' own picker searches them. */
const peopleDataset = 'graph.microsoft.com/users';

type Input = { readonly [key: string]: string | number | boolean };
type DrawField<K extends FieldKind> = (field: Extract<Field, { kind: K }>, answer: unknown, pen: Pen) => Element;

const textOf = (answer: unknown): string | undefined =>
  typeof answer === 'string' || typeof answer === 'number' ? String(answer) : undefined;
/** `value` when there is one that the input can hold: Teams draws no card with another. */
const filled = (value: string | undefined, fits: RegExp = /./s): Input =>
  value !== undefined && fits.test(value) ? { value } : {};

/** Up to so many options stand open; longer lists unfold. */
const openChoices = 5;

/** Open lists are read as Markdown, unfolding ones as plain text. */
function choices(pen: Pen, options: readonly Option[], more: Input): Element {
  const { first } = firstOf(pen, 'options', options, LIMITS.choices);
  const style = first.length <= openChoices ? 'expanded' : 'compact';
  return {
    type: 'Input.ChoiceSet',
    style,
    wrap: true,
    ...more,
    choices: first.map((o) => {
      const title = cut(pen, 'option', o.label, LIMITS.choiceTitle);
      return { title: style === 'expanded' ? escapeMarkdown(oneLine(title)) : title, value: o.value };
    }),
  };
}

/** A list that is searched on the server as one types. What is chosen already must stand in it to be shown. */
const searched = (dataset: string, chosen: Option | undefined, more: Input): Element => ({
  type: 'Input.ChoiceSet',
  style: 'filtered',
  ...more,
  choices: chosen ? [{ title: clean(chosen.label), value: chosen.value }] : [],
  'choices.data': { type: 'Data.Query', dataset },
  ...(chosen ? { value: chosen.value } : {}),
});

const personName = (pen: Pen, account: unknown): string | undefined =>
  [...pen.names.people.values()].find((p) => p.accounts.includes(account as AccountId))?.name;

const inputs: { readonly [K in FieldKind]: DrawField<K> } = {
  text: (f, answer) => ({
    type: 'Input.Text',
    ...(f.multiline ? { isMultiline: true } : {}),
    maxLength: Math.min(f.max ?? textMax, textMax),
    ...(f.placeholder ? { placeholder: clean(f.placeholder) } : {}),
    // A client that sent more than the input takes gets back as much as it takes.
    ...filled(
      textOf(answer)
        ?.slice(0, Math.min(f.max ?? textMax, textMax))
        .toWellFormed(),
    ),
  }),
  number: (f, answer) => {
    const value = textOf(answer)?.trim();
    const number = value === undefined || value === '' ? Number.NaN : Number(value);
    return {
      type: 'Input.Number',
      ...(f.min === undefined ? {} : { min: f.min }),
      ...(f.max === undefined ? {} : { max: f.max }),
      ...(Number.isFinite(number) ? { value: number } : {}),
    };
  },
  toggle: (f, answer) => ({
    type: 'Input.Toggle',
    title: escapeMarkdown(oneLine(f.label)),
    valueOn: 'true',
    valueOff: 'false',
    value: answer === true || answer === 'true' ? 'true' : 'false',
    // A title that does not wrap is cut at the card's edge.
    wrap: true,
  }),
  date: (_, answer) => ({ type: 'Input.Date', ...filled(textOf(answer), /^\d{4}-\d\d-\d\d$/) }),
  time: (_, answer) => ({ type: 'Input.Time', ...filled(textOf(answer), /^\d\d:\d\d$/) }),
  person: (_, answer, pen) => {
    const value = personValue(answer);
    const chosen = value === undefined ? undefined : { value, label: personName(pen, answer) ?? value };
    return searched(peopleDataset, chosen, {});
  },
  scale: (f, answer, pen) => {
    const options = pointsOf(f);
    const value = textOf(answer);
    return choices(pen, options, filled(options.some((o) => o.value === value) ? value : undefined));
  },
  choice: (f, answer, pen) => {
    const value = textOf(answer);
    return choices(pen, f.options, filled(f.options.some((o) => o.value === value) ? value : undefined));
  },
  choices: (f, answer, pen) => {
    const chosen = Array.isArray(answer) ? f.options.filter((o) => answer.includes(o.value)).map((o) => o.value) : [];
    return choices(pen, f.options, { isMultiSelect: true, ...(chosen.length > 0 ? { value: chosen.join(',') } : {}) });
  },
  search: (f, answer) => {
    const value = textOf(answer);
    const chosen = value === undefined || value === '' ? undefined : { value, label: value };
    return searched(f.source, chosen, f.placeholder ? { placeholder: clean(f.placeholder) } : {});
  },
};

const withUnit = (field: Field): string =>
  clean(field.kind === 'number' && field.unit ? `${field.label} (${field.unit})` : field.label);

/**
 * Whether the client insists on an answer. Not for fields that depend on another: on the same card their condition may
 * be undone. Not for toggles: there it would mean "must be on". The server checks all of them in any case.
 */
const insists = (field: Field): boolean =>
  field.optional !== true && field.shownIf === undefined && field.kind !== 'toggle';

function drawField(pen: Pen, name: string, field: Field, prior: Raw, error: string | undefined): readonly Element[] {
  const input = (inputs[field.kind] as DrawField<FieldKind>)(field as never, prior[name], pen);
  return [
    {
      ...input,
      id: inputId(name, field),
      ...(field.kind === 'toggle' ? {} : { label: withUnit(field) }),
      ...(insists(field) ? { isRequired: true, errorMessage: 'Please fill this in.' } : {}),
    },
    ...(error === undefined
      ? []
      : [line(`⚠ ${clean(error)}`, { color: 'Attention', weight: 'Bolder' }, { spacing: 'Small' })]),
    // An error says it already where the hint is all that can be said.
    ...(field.hint === undefined || error?.includes(field.hint) ? [] : [note(field.hint)]),
  ];
}

/** What went wrong with fields that the card does not show, and where to look. */
function problems(pen: Pen, asked: Asked, drawn: readonly string[]): readonly Element[] {
  const all = Object.entries(asked.errors);
  if (all.length === 0) return [];
  const elsewhere = all.filter(([name]) => !drawn.includes(name)).map(([, words]) => words);
  const here = all.length > elsewhere.length ? ['Please look at what is marked below.'] : [];
  const words = [...elsewhere, ...here].join('\n');
  return [{ type: 'Container', style: 'attention', items: richText(pen, said(`⛔ ${words}`)) }];
}

/** In a dialog the client sends Action.Submit to the dialog; in a message Action.Execute lets us answer in place. */
function submitButton(title: string, data: FormData, inline: boolean): Element {
  const submit: Element = { type: 'Action.Submit', title, style: 'positive', data };
  return inline
    ? {
        type: 'Action.Execute',
        title,
        style: 'positive',
        verb: submitVerb,
        data,
        associatedInputs: 'auto',
        fallback: submit,
      }
    : submit;
}

/**
 * Draws a form as it was asked: with what was typed, and what is wrong under its field. Teams cannot react to a changed
 * input, so only the fields that are shown now are drawn, and the button leads on to the next ones.
 * `inline` is the form as a message of its own, with its title; otherwise the dialog has the title.
 */
export function drawForm(asked: Asked, names: Names = noNames, how: { readonly inline?: boolean } = {}): Card {
  const { form, prior, errors } = asked;
  const inline = how.inline ?? false;
  const pen = createPen(names, { mentioning: false });
  const drawn = shown(form.fields, prior);
  const fields = drawn.flatMap((name) =>
    drawField(pen, name, form.fields[name] as Field, prior, Object.hasOwn(errors, name) ? errors[name] : undefined),
  );
  const title = goesOn(form.fields, drawn) ? 'Next' : form.submit;
  return adaptiveCard(
    [
      ...(inline ? [heading(pen, form.title)] : []),
      ...problems(pen, asked, drawn),
      ...(form.intro ? richText(pen, said(form.intro)) : []),
      ...fields,
    ],
    [],
    [submitButton(cut(pen, 'button', title, LIMITS.buttonTitle), formDataOf(asked, drawn), inline)],
  );
}

import { expect, test } from 'vitest';
import {
  type Asked,
  type Field,
  type Fields,
  form,
  type Names,
  noNames,
  parse,
  type Raw,
} from '../../src/core/kernel/index.ts';
import { cardProblems, mentions } from '../../src/playground/teams/index.ts';
import { cardMessage } from '../../src/teams/card.ts';
import { readAnswers, readForm } from '../../src/teams/form-input.ts';
import { drawForm } from '../../src/teams/render.ts';
import { actionsIn, inputsIn, linesIn, type Node } from '../support/teams-cards.ts';
import { hostileStrings } from '../support/teams-hostile.ts';

const asked = (fields: Fields, over: Partial<Asked> = {}): Asked => ({
  id: 'asked-1',
  form: form({ id: 'f', title: 'A form', submit: 'Send it', fields }),
  prior: {},
  errors: {},
  ...over,
});
const options = [
  { value: 'a', label: 'Option A' },
  { value: 'b', label: 'Option B' },
];
const person = 'teams:tenant-1/aad-7';

/** One of each kind: what was answered, what its input holds, what a client sends back, what is read. */
const kinds: {
  readonly [K in Field['kind']]: {
    readonly field: Extract<Field, { kind: K }>;
    readonly answer: unknown;
    readonly held: unknown;
    readonly sent: unknown;
    readonly read: unknown;
    readonly type: string;
  };
} = {
  text: { field: { kind: 'text', label: 'L' }, answer: 'hi', held: 'hi', sent: 'hi', read: 'hi', type: 'Input.Text' },
  number: {
    field: { kind: 'number', label: 'L' },
    answer: '3.5',
    held: 3.5,
    sent: 3.5,
    read: '3.5',
    type: 'Input.Number',
  },
  toggle: {
    field: { kind: 'toggle', label: 'L' },
    answer: true,
    held: 'true',
    sent: 'true',
    read: true,
    type: 'Input.Toggle',
  },
  date: {
    field: { kind: 'date', label: 'L' },
    answer: '2026-12-24',
    held: '2026-12-24',
    sent: '2026-12-24',
    read: '2026-12-24',
    type: 'Input.Date',
  },
  time: {
    field: { kind: 'time', label: 'L' },
    answer: '09:30',
    held: '09:30',
    sent: '09:30:00',
    read: '09:30',
    type: 'Input.Time',
  },
  person: {
    field: { kind: 'person', label: 'L' },
    answer: person,
    held: 'aad-7',
    sent: '8:orgid:aad-7',
    read: person,
    type: 'Input.ChoiceSet',
  },
  scale: {
    field: { kind: 'scale', label: 'L', from: 1, to: 5, labels: ['low', 'high'] },
    answer: '4',
    held: '4',
    sent: '4',
    read: '4',
    type: 'Input.ChoiceSet',
  },
  choice: {
    field: { kind: 'choice', label: 'L', options },
    answer: 'b',
    held: 'b',
    sent: 'b',
    read: 'b',
    type: 'Input.ChoiceSet',
  },
  choices: {
    field: { kind: 'choices', label: 'L', options },
    answer: ['a', 'b'],
    held: 'a,b',
    sent: 'a,b',
    read: ['a', 'b'],
    type: 'Input.ChoiceSet',
  },
  search: {
    field: { kind: 'search', label: 'L', source: 'services' },
    answer: 'svc',
    held: 'svc',
    sent: 'svc',
    read: 'svc',
    type: 'Input.ChoiceSet',
  },
};

test.each(Object.entries(kinds))('a %s field is drawn, keeps its answer, and is read back', (kind, k) => {
  const a = asked({ f: k.field as Field }, { prior: { f: k.answer } });
  for (const inline of [false, true]) expect(cardProblems(drawForm(a, noNames, { inline }))).toEqual([]);
  const [input] = inputsIn(drawForm(a));
  expect(input).toMatchObject({ type: k.type, id: `${kind}:f`, value: k.held });
  const raw = readAnswers({ [`${kind}:f`]: k.sent }, 'tenant-1');
  expect(raw).toEqual({ f: k.read });
  expect(parse(a.form, raw).ok).toBe(true);
});

test.each(Object.entries(kinds))('a %s field that was left empty is absent', (kind) => {
  const empty = kind === 'toggle' ? {} : { [`${kind}:f`]: '' };
  expect(readAnswers(empty, 't')).toEqual({});
});

test('a toggle that is off is an answer', () => {
  expect(readAnswers({ 'toggle:f': 'false' }, 't')).toEqual({ f: false });
});

test('answers that no input can hold are left out, so that the card can be drawn', () => {
  const fields: Fields = {
    number: kinds.number.field,
    date: kinds.date.field,
    time: kinds.time.field,
    person: kinds.person.field,
    scale: kinds.scale.field,
    choice: kinds.choice.field,
    choices: kinds.choices.field,
  };
  const prior: Raw = {
    number: 'many',
    date: 'soon',
    time: 'noon',
    person: 'slack:T/U',
    scale: '9',
    choice: 'z',
    choices: ['z'],
  };
  const card = drawForm(asked(fields, { prior }));
  expect(cardProblems(card)).toEqual([]);
  expect(inputsIn(card).map((i) => i.value)).toEqual(Object.keys(fields).map(() => undefined));
  const odd: Raw = { number: {}, date: [], time: null, person: 'nonsense', scale: true, choice: 7, choices: 'a' };
  expect(cardProblems(drawForm(asked(fields, { prior: odd })))).toEqual([]);
});

test('what the client insists on, and what it does not', () => {
  const fields: Fields = {
    must: { kind: 'text', label: 'Must', max: 20, placeholder: 'here' },
    may: { kind: 'text', label: 'May', optional: true, multiline: true },
    on: { kind: 'toggle', label: 'On' },
    size: { kind: 'number', label: 'Size', min: 1, max: 9, unit: 'GB', shownIf: { field: 'on', is: ['true'] } },
  };
  const inputs = inputsIn(drawForm(asked(fields, { prior: { on: true } })));
  expect(inputs).toEqual([
    {
      type: 'Input.Text',
      id: 'text:must',
      label: 'Must',
      maxLength: 20,
      placeholder: 'here',
      isRequired: true,
      errorMessage: 'Please fill this in.',
    },
    { type: 'Input.Text', id: 'text:may', label: 'May', maxLength: 3000, isMultiline: true },
    {
      type: 'Input.Toggle',
      id: 'toggle:on',
      title: 'On',
      valueOn: 'true',
      valueOff: 'false',
      value: 'true',
      wrap: true,
    },
    { type: 'Input.Number', id: 'number:size', label: 'Size (GB)', min: 1, max: 9 },
  ]);
});

test('few options stand open, many unfold, and sources are searched', () => {
  const many = Array.from({ length: 9 }, (_, i) => ({ value: `v${i}`, label: `l${i}` }));
  const fields: Fields = {
    few: kinds.choice.field,
    many: { kind: 'choice', label: 'L', options: many },
    pain: kinds.scale.field,
    service: { kind: 'search', label: 'L', source: 'services', placeholder: 'type' },
    who: kinds.person.field,
  };
  const names: Names = {
    people: new Map([['p' as never, { name: 'Ann', accounts: [person as never] }]]),
    places: new Map(),
  };
  const [few, more, pain, service, who] = inputsIn(drawForm(asked(fields, { prior: { who: person } }), names));
  expect(few?.style).toBe('expanded');
  expect(more?.style).toBe('compact');
  expect((pain as { choices: Node[] } | undefined)?.choices.map((c) => c.title)).toEqual([
    '1 – low',
    '2',
    '3',
    '4',
    '5 – high',
  ]);
  expect(service).toMatchObject({
    style: 'filtered',
    choices: [],
    placeholder: 'type',
    'choices.data': { type: 'Data.Query', dataset: 'services' },
  });
  expect(who).toMatchObject({
    choices: [{ title: 'Ann', value: 'aad-7' }],
    'choices.data': { type: 'Data.Query', dataset: 'graph.microsoft.com/users' },
  });
});

test('errors stand under their fields, those of fields that are not there on top', () => {
  const fields: Fields = { one: { kind: 'text', label: 'One', hint: 'a hint' }, two: { kind: 'text', label: 'Two' } };
  const card = drawForm(
    asked(fields, { prior: { one: 'x' }, errors: { one: 'Too short.', gone: 'Not any more.' } }),
    noNames,
    { inline: true },
  );
  expect(linesIn(card)).toEqual([
    'A form',
    '⛔ Not any more.',
    'Please look at what is marked below.',
    '⚠ Too short.',
    'a hint',
  ]);
  expect(card.body.map((e) => e.id ?? e.type)).toEqual([
    'RichTextBlock',
    'Container',
    'text:one',
    'RichTextBlock',
    'RichTextBlock',
    'text:two',
  ]);
});

test('a dialog sends Action.Submit, a form in a message Action.Execute with the same data', () => {
  const a = asked({ one: { kind: 'text', label: 'One' } });
  const data = { asked: 'asked-1', form: 'f', drawn: ['one'], conditions: {} };
  expect(actionsIn(drawForm(a))).toEqual([{ type: 'Action.Submit', title: 'Send it', style: 'positive', data }]);
  expect(actionsIn(drawForm(a, noNames, { inline: true }))).toEqual([
    {
      type: 'Action.Execute',
      title: 'Send it',
      style: 'positive',
      verb: 'form.submit',
      data,
      associatedInputs: 'auto',
      fallback: { type: 'Action.Submit', title: 'Send it', style: 'positive', data },
    },
  ]);
});

const chain: Fields = {
  env: {
    kind: 'choice',
    label: 'Env',
    options: [
      { value: 'prod', label: 'Prod' },
      { value: 'dev', label: 'Dev' },
    ],
  },
  backup: { kind: 'toggle', label: 'Backup', shownIf: { field: 'env', is: ['prod'] } },
  days: { kind: 'number', label: 'Days', shownIf: { field: 'backup', is: ['true'] } },
  note: { kind: 'text', label: 'Note', optional: true },
};
/** Sends what a card's button carries, with these inputs. */
const send = (a: Asked, inputs: Readonly<Record<string, unknown>>) =>
  readForm({ ...(actionsIn(drawForm(a))[0]?.data as object), ...inputs }, 't');

test('a form goes on page by page while an answer makes more fields visible', () => {
  const first = asked(chain);
  expect(inputsIn(drawForm(first)).map((i) => i.id)).toEqual(['choice:env', 'text:note']);
  expect(actionsIn(drawForm(first))[0]?.title).toBe('Next');
  expect(send(first, { 'choice:env': 'dev' })).toEqual({
    kind: 'submit',
    asked: 'asked-1',
    form: 'f',
    raw: { env: 'dev' },
  });
  const on = send(first, { 'choice:env': 'prod', 'text:note': 'n' });
  expect(on).toEqual({ kind: 'changed', asked: 'asked-1', raw: { env: 'prod', note: 'n' } });

  const second = asked(chain, { prior: on?.raw ?? {} });
  expect(inputsIn(drawForm(second)).map((i) => [i.id, i.value])).toEqual([
    ['choice:env', 'prod'],
    ['toggle:backup', 'false'],
    ['text:note', 'n'],
  ]);
  expect(send(second, { 'choice:env': 'prod', 'toggle:backup': 'false' })?.kind).toBe('submit');
  const further = send(second, { 'choice:env': 'prod', 'toggle:backup': 'true' });
  expect(further?.kind).toBe('changed');

  const third = asked(chain, { prior: further?.raw ?? {} });
  expect(actionsIn(drawForm(third))[0]?.title).toBe('Send it');
  const all = { 'choice:env': 'prod', 'toggle:backup': 'true', 'number:days': 7 };
  expect(send(third, all)).toEqual({
    kind: 'submit',
    asked: 'asked-1',
    form: 'f',
    raw: { env: 'prod', backup: true, days: '7' },
  });
  // Back to another answer: what depended on it is hidden again, and that is no reason to go on.
  expect(send(third, { ...all, 'choice:env': 'dev' })?.kind).toBe('submit');
});

test('data that was tampered with is read as a submit, or as no form at all', () => {
  const raw = { 'choice:env': 'prod' };
  expect(readForm({ asked: 'x', drawn: 7, conditions: 'y', ...raw }, 't')).toEqual({
    kind: 'submit',
    asked: 'x',
    raw: { env: 'prod' },
  });
  const loop = { a: { field: 'b', is: [''] }, b: { field: 'a', is: [''] }, __proto__: { field: 'a', is: ['x'] } };
  expect(readForm({ asked: 'x', drawn: [], conditions: loop }, 't')?.asked).toBe('x');
  expect(readForm({ asked: 7 }, 't')).toBeUndefined();
  expect(readForm({}, 't')).toBeUndefined();
  const odd = {
    'text:a': { deep: 1 },
    'nope:b': 'x',
    ':c': 'x',
    'text:': 'y',
    'text:__proto__': 'p',
    'choices:d': ',,',
    plain: 'z',
  };
  const answers = readAnswers(odd, 't');
  expect(Object.entries(answers)).toEqual([
    ['', 'y'],
    ['__proto__', 'p'],
    ['d', []],
  ]);
  expect(Object.getPrototypeOf(answers)).toBe(Object.prototype);
});

test('control characters and halves of characters never come in', () => {
  expect(readAnswers({ 'text:a': 'a\u0000b\ud800c\u202ed' }, 't')).toEqual({ a: 'ab\ufffdcd' });
});

test('hostile labels, options and answers are no live markup', () => {
  for (const hostile of hostileStrings(200)) {
    const short = hostile.slice(0, 60).replaceAll(',', ' ');
    const fields: Fields = {
      text: { kind: 'text', label: hostile, hint: hostile, placeholder: hostile },
      toggle: { kind: 'toggle', label: hostile },
      scale: { kind: 'scale', label: hostile, from: 1, to: 3, labels: [short, short] },
      choice: { kind: 'choice', label: hostile, options: [{ value: short || 'x', label: short }] },
      search: { kind: 'search', label: hostile, source: 's', placeholder: hostile },
    };
    const prior: Raw = { text: hostile, search: hostile, choice: short };
    const a: Asked = {
      id: 'i',
      form: { id: 'f', title: hostile, intro: hostile, submit: hostile, fields },
      prior,
      errors: { text: hostile, other: hostile },
    };
    const card = drawForm(a, noNames, { inline: true });
    expect(cardProblems(card)).toEqual([]);
    expect(mentions(cardMessage(card, 's'))).toEqual({ mentions: [], links: [] });
  }
});

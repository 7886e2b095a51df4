import { quarterName } from '../feedback/history-view.ts';
import { pains } from '../feedback/rules.ts';
import type { Feedback } from '../feedback/store.ts';
import { type Fields, type Form, form, type Option, personas, shorten } from '../kernel/index.ts';
import { impacts } from './score.ts';

const named = (item: Feedback): string => `#${item.number} “${shorten(item.what, 120)}”`;
const choice = (value: string, label = value): Option => ({ value: shorten(value, 75), label: shorten(label, 75) });

/** Filled when the form is asked. */
const none: readonly Option[] = [];

const hurtFields = {
  pain: { kind: 'scale', label: 'How much does it hurt?', from: 1, to: 5, labels: pains },
} as const;
export const hurtForm = form({
  id: 'roadmap.hurt',
  title: 'Me too',
  submit: 'Send',
  fields: {
    ...hurtFields,
    team: { kind: 'choice', label: 'For which team?', options: none, optional: true },
  },
});
/** The team is asked for only where there is more than one. */
export const hurtFormFor = (item: Feedback, teams: readonly string[]): Form => ({
  ...hurtForm,
  intro: `About ${named(item)}.`,
  fields:
    teams.length > 1
      ? {
          ...hurtFields,
          team: { kind: 'choice', label: 'For which team?', options: teams.map((t) => choice(t)), optional: true },
        }
      : hurtFields,
});

const why = {
  kind: 'text',
  label: 'Why?',
  hint: 'It’s kept in the history.',
  optional: true,
  max: 500,
  multiline: true,
} as const;

export const detailsForm = form({
  id: 'roadmap.details',
  title: 'Triage',
  submit: 'Save',
  fields: {
    impact: { kind: 'scale', label: 'Impact on whoever has it', from: 1, to: 5, labels: impacts },
    problem: { kind: 'text', label: 'Problem', multiline: true, max: 1000, optional: true },
    outcome: { kind: 'text', label: 'What will people be able to do?', max: 300, optional: true },
    persona: {
      kind: 'choice',
      label: 'For whom is it?',
      options: personas.map((p) => choice(p, `${p[0]?.toUpperCase()}${p.slice(1)}`)),
      optional: true,
    },
    path: {
      kind: 'choice',
      label: 'About which golden path?',
      options: none,
      hint: 'Everybody who has one counts as affected.',
      optional: true,
    },
    quarter: { kind: 'choice', label: 'When?', options: none, optional: true },
    owner: { kind: 'person', label: 'Who owns it?', optional: true },
    confidence: {
      kind: 'choice',
      label: 'How sure are we that it helps?',
      options: [choice('50', '50%: a guess'), choice('80', '80%: likely'), choice('100', '100%: we know')],
      optional: true,
    },
    effort: {
      kind: 'number',
      label: 'Effort',
      unit: 'weeks of one person',
      min: 1,
      max: 500,
      whole: true,
      optional: true,
    },
    words: why,
  },
});

/** The quarter that a moment is in, and those that follow. */
export function quarters(now: Date, count: number): readonly string[] {
  const first = now.getUTCFullYear() * 4 + Math.floor(now.getUTCMonth() / 3);
  return Array.from({ length: count }, (_, i) => `${Math.floor((first + i) / 4)}Q${((first + i) % 4) + 1}`);
}
const quartersAhead = 6;
/** What Slack’s menus take. */
const optionsMost = 100;

/** As it is asked for one item: with the quarters and the golden paths that there are. */
export function detailsFormFor(item: Feedback, now: Date, paths: readonly Option[]): Form {
  const ahead = quarters(now, quartersAhead);
  const offered = item.quarter && !ahead.includes(item.quarter) ? [item.quarter, ...ahead] : ahead;
  const { path, quarter } = detailsForm.fields;
  const known = item.path && !paths.some((p) => p.value === item.path) ? [choice(item.path), ...paths] : paths;
  const filled: Fields = {
    ...detailsForm.fields,
    path: { ...path, options: known.slice(0, optionsMost) },
    quarter: { ...quarter, options: offered.map((q) => choice(q, quarterName(q))) },
  };
  return {
    ...detailsForm,
    title: item.state === 'received' ? 'Triage' : 'Details',
    intro: `About ${named(item)}.`,
    // Where there are no golden paths, nothing can be about one.
    fields: Object.fromEntries(Object.entries(filled).filter(([name]) => name !== 'path' || known.length > 0)),
  };
}

const other = { kind: 'search', source: 'roadmap.items', placeholder: 'A number, or some words' } as const;

export const mergeForm = form({
  id: 'roadmap.merge',
  title: 'Merge',
  submit: 'Merge',
  fields: { other: { ...other, label: 'Into which one?' }, words: why },
});
export const linkForm = form({
  id: 'roadmap.link',
  title: 'Link',
  submit: 'Link',
  fields: { other: { ...other, label: 'To which one?' }, words: why },
});
export const splitForm = form({
  id: 'roadmap.split',
  title: 'Split',
  submit: 'Split',
  fields: {
    what: { kind: 'text', label: 'What is the part?', max: 300 },
    reason: { kind: 'text', label: 'Why does it matter by itself?', multiline: true, max: 2000 },
  },
});

export const issueForm = form({
  id: 'roadmap.issue',
  title: 'Issue',
  submit: 'Link',
  fields: {
    issue: {
      kind: 'text',
      label: 'Which issue?',
      hint: 'Its number or its address. Leave it empty to make a new one.',
      max: 300,
      optional: true,
    },
  },
});
export const issueFormFor = (item: Feedback): Form => ({
  ...issueForm,
  intro: `The issue and ${named(item)} follow each other from then on. Comments and names stay where they are.`,
});

const intros = {
  merge: (item: Feedback) =>
    `${named(item)} becomes part of another one. Whoever wants either is told once. It can be taken out again.`,
  link: (item: Feedback) => `${named(item)} has to do with another one. Each shows the other.`,
  split: (item: Feedback) => `A part of ${named(item)} becomes an item of its own. Whoever wants the whole wants both.`,
} as const;
const bonds = { merge: mergeForm, link: linkForm, split: splitForm } as const;
export type Bond = keyof typeof bonds;
export const bondForm = (bond: Bond, item: Feedback): Form => ({ ...bonds[bond], intro: intros[bond](item) });

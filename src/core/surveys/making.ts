import { slug } from '../catalog/names.ts';
import {
  type Answers,
  form,
  type Handler,
  type May,
  onCommand,
  onSubmit,
  type PersonCtx,
  refuse,
  whisper,
} from '../kernel/index.ts';
import { ableTo, unknownTeams } from './audience.ts';
import { busy } from './edited.ts';
import { closesOf, type Store } from './keys.ts';
import { type Survey, surveySchema } from './model.ts';
import { previewView } from './run-view.ts';
import { doraFrequencies } from './scales.ts';

/* A short survey made in chat. What is longer, branches or repeats is a file: it can be reviewed. */

const manages: May = ['platform', 'product'];
const kinds = [
  { value: 'nps', label: 'How likely to recommend, 0 to 10' },
  { value: 'agreement', label: 'Agree or disagree' },
  { value: 'satisfaction', label: 'Happy or unhappy' },
  { value: 'percent', label: 'Percent' },
  { value: 'text', label: 'In their own words' },
  { value: 'self-service', label: 'Of the last ten needs, how many without a ticket' },
  { value: 'deployment-frequency', label: 'DORA: how often they deploy' },
  { value: 'lead-time', label: 'DORA: how long from commit to production' },
  { value: 'recovery-time', label: 'DORA: how long to restore' },
  { value: 'change-failure-rate', label: 'DORA: percent of changes that fail' },
] as const;
type Kind = (typeof kinds)[number]['value'];

const ask = (label: string) => ({ kind: 'text', label, max: 300 }) as const;
const kind = (label: string) => ({ kind: 'choice', label, options: kinds }) as const;
export const newSurvey = form({
  id: 'surveys.new',
  title: 'A new survey',
  submit: 'Look at it',
  intro: 'Up to three questions, for everybody or for one team. Nothing is sent before you have looked at it.',
  fields: {
    title: { kind: 'text', label: 'What is it about?', max: 80, placeholder: 'How preview environments feel' },
    intro: { kind: 'text', label: 'Why do you ask, and what comes of it?', max: 300 },
    team: {
      kind: 'text',
      label: 'Only one team',
      max: 60,
      optional: true,
      hint: 'As groundcrew.yaml calls it; empty: everybody.',
    },
    ask1: ask('First question'),
    kind1: kind('How is it answered?'),
    ask2: { ...ask('Second question'), optional: true },
    kind2: { ...kind('How is it answered?'), optional: true },
    ask3: { ...ask('Third question'), optional: true },
    kind3: { ...kind('How is it answered?'), optional: true },
  },
});

const shapes: Readonly<Record<Kind, object>> = {
  nps: { kind: 'nps' },
  agreement: { kind: 'likert', scale: 'agreement5' },
  satisfaction: { kind: 'likert', scale: 'satisfaction' },
  percent: { kind: 'percent' },
  text: { kind: 'text' },
  'self-service': { kind: 'number', max: 10, unit: 'of 10', measure: 'self-service' },
  'deployment-frequency': { kind: 'choice', options: doraFrequencies, measure: 'deployment-frequency' },
  'lead-time': { kind: 'duration', measure: 'lead-time' },
  'recovery-time': { kind: 'duration', measure: 'recovery-time' },
  'change-failure-rate': { kind: 'percent', measure: 'change-failure-rate' },
};
/** Two of one of these would be two answers for one of the platform’s numbers. */
const once = (how: Kind | undefined): how is Kind => how !== undefined && 'measure' in shapes[how];

function surveyOf(a: Answers<(typeof newSurvey)['fields']>): Survey {
  const questions = (
    [
      [a.ask1, a.kind1],
      [a.ask2, a.kind2],
      [a.ask3, a.kind3],
    ] as const
  ).flatMap(([words, how], i) => (words ? [{ key: `q${i + 1}`, ask: words, ...shapes[how ?? 'text'] }] : []));
  return surveySchema.parse({
    name:
      slug(a.title)
        .slice(0, 40)
        .replace(/^[^a-z]+|-+$/g, '') || 'survey',
    title: a.title,
    intro: a.intro,
    questions,
    ...(a.team ? { audience: { teams: [a.team] } } : {}),
  });
}

export const making: readonly Handler<Store>[] = [
  onCommand('survey new', { summary: 'Ask up to three questions', may: manages }, async () => [
    { kind: 'ask', form: newSurvey, carry: '' },
  ]),
  onSubmit(newSurvey, manages, async (answers, _, ctx: PersonCtx<Store>) => {
    const twice = (
      [
        ['kind2', answers.kind2, [answers.kind1]],
        ['kind3', answers.kind3, [answers.kind1, answers.kind2]],
      ] as const
    ).find(([, how, before]) => once(how) && before.some((b) => b === how));
    if (twice)
      return refuse({
        [twice[0]]:
          'You ask this above already, and the platform’s numbers take one answer. Choose another way, or leave the question out.',
      });
    const survey = surveyOf(answers);
    const unknown = unknownTeams(survey.audience, ctx);
    if (unknown.length > 0)
      return refuse({
        team: `groundcrew.yaml has no team “${unknown.join()}”. It has ${Object.keys(ctx.settings.teams).join(', ') || 'none'}.`,
      });
    // Nobody opens it between the question and the answer.
    await ctx.store.surveys.hold(survey.name);
    const open = (await ctx.store.surveys.current()).find((r) => r.survey.name === survey.name);
    if (open)
      return refuse({
        title: `${busy(open)} Give this one another title, or close that run first: “survey results ${survey.name}” has the button.`,
      });
    if (!(await ctx.store.surveys.keep(survey, ctx.by.id)))
      return refuse({
        title: `There is a survey “${survey.name}” already, in a file or made by somebody else, and it stays as it is. Give this one another title.`,
      });
    const { able, resting } = await ableTo(survey, ctx);
    const counts = { able: able.length, resting };
    return [whisper(previewView(survey, closesOf(survey, ctx.now), counts, []))];
  }),
];

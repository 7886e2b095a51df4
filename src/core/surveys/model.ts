import { z } from 'zod';
import { problemOf, scheduleSchema } from '../calendar/index.ts';
import { place } from '../written-place.ts';
import { expressionSchema, reads } from './branching.ts';
import { measureNames, misfit } from './measures.ts';
import { doraTimes, scales } from './scales.ts';

/*
 * A survey, as it is written in a file or made in chat. Values are stored with each option and never read off their
 * place, since published scales run in both directions.
 */

const key = z.string().regex(/^[a-z][a-z0-9-]{0,39}$/, 'Write a short name in lower case, such as lead-time.');
const label = z.string().trim().min(1).max(75, 'Keep it within 75 characters: it has to fit a button.');
const words = z.string().trim().min(1).max(300);
const option = z.strictObject({
  value: z.string().regex(/^[a-z0-9][a-z0-9.-]{0,39}$/, 'Write a short value in lower case, such as less-than-1h.'),
  label,
  /** Where it stands on a scale on which more is better. */
  score: z.number().exactOptional(),
});
const options = z
  .array(option)
  .min(2)
  .max(15, 'More than 15 options do not fit a chat: ask two questions.')
  .refine((all) => new Set(all.map((o) => o.value)).size === all.length, 'Two options have the same value.');

const common = {
  key,
  ask: words,
  hint: words.exactOptional(),
  askIf: expressionSchema.exactOptional(),
  /** Which of the platform’s numbers it answers, where neither its key nor its kind tells. */
  measure: z.enum(measureNames, `Write one of: ${measureNames.join(', ')}.`).exactOptional(),
};
const question = z.discriminatedUnion(
  'kind',
  [
    z.strictObject({ ...common, kind: z.literal('nps') }),
    z.strictObject({
      ...common,
      kind: z.literal('likert'),
      scale: z.enum(Object.keys(scales) as [keyof typeof scales, ...(keyof typeof scales)[]]),
    }),
    z.strictObject({
      ...common,
      kind: z.literal('scale'),
      from: z.int().min(0).max(1),
      to: z.int().min(2).max(10),
      labels: z.tuple([label, label]),
    }),
    z.strictObject({ ...common, kind: z.literal('choice'), options }),
    z.strictObject({ ...common, kind: z.literal('choices'), options }),
    /** How long something takes: DORA’s six buckets, unless others are given. */
    z.strictObject({ ...common, kind: z.literal('duration'), options: options.default([...doraTimes]) }),
    z.strictObject({ ...common, kind: z.literal('percent') }),
    z.strictObject({
      ...common,
      kind: z.literal('number'),
      min: z.number().default(0),
      max: z.number(),
      unit: z.string().min(1).max(20).exactOptional(),
    }),
    z.strictObject({ ...common, kind: z.literal('text'), max: z.int().min(50).max(3000).default(1000) }),
  ],
  'Write one of: nps, likert, scale, choice, choices, duration, percent, number, text.',
);
export type Question = z.output<typeof question>;

const days = z.int().min(1).max(90);
/** The least that a crowd is, whatever a file says. */
export const floors = { k: 3, kText: 5 } as const;
export const trustModes = ['confidential', 'unlinked'] as const;
const trust = z
  .strictObject({
    mode: z.enum(trustModes).default('confidential'),
    k: z.int().min(floors.k, `At least ${floors.k}: fewer people are no crowd.`).max(50).default(5),
    kText: z.int().min(floors.kText, `At least ${floors.kText}: wording gives people away.`).max(100).default(10),
  })
  .prefault({});
export type Trust = z.output<typeof trust>;

/** What a pulse comes after. */
export const triggers = ['request-ready', 'office-hours'] as const;
export type Trigger = (typeof triggers)[number];

const audience = z
  .strictObject({
    /** Everybody whom the bot knows: who used it, and who is in a group that it follows. */
    everyone: z.literal(true).exactOptional(),
    /** Teams of groundcrew.yaml. */
    teams: z.array(z.string().min(1).max(60)).max(200).default([]),
    emails: z
      .array(z.email().transform((e) => e.toLowerCase()))
      .max(5000)
      .default([]),
    slackUserGroups: z.array(z.string().min(1)).max(50).default([]),
    microsoftTeams: z.array(z.string().min(1)).max(50).default([]),
    /** Whoever is in one of these channels when it opens. */
    channels: z.array(place).max(50).exactOptional(),
    /** Of those, only who said that they are one of these. */
    personas: z.array(z.enum(['backend', 'data', 'frontend'])).default([]),
  })
  .refine(
    (a) =>
      a.everyone ||
      [a.teams, a.emails, a.slackUserGroups, a.microsoftTeams, a.channels ?? []].some((named) => named.length > 0),
    'It names nobody. Write everyone: true, or teams, emails, slackUserGroups, microsoftTeams or channels.',
  );
export type Audience = z.output<typeof audience>;

/** The name of a survey, as it is typed after `survey open`. */
export const surveyName = key;
export const surveySchema = z
  .strictObject({
    name: surveyName,
    title: z.string().trim().min(1).max(80),
    intro: words,
    trust,
    audience: audience.default({
      everyone: true,
      teams: [],
      emails: [],
      slackUserGroups: [],
      microsoftTeams: [],
      personas: [],
    }),
    /** So many people by lot, nobody twice within `rest` further runs. Without it everybody is asked. */
    sample: z
      .strictObject({ size: z.int().min(20).max(100_000), rest: z.int().min(0).max(12).default(2) })
      .exactOptional(),
    /** When it opens by itself: the same words as in every schedule. Without it somebody opens it. */
    schedule: scheduleSchema
      .superRefine((schedule, ctx) => {
        const problem = problemOf(schedule);
        if (problem) ctx.addIssue({ code: 'custom', message: problem.message });
      })
      .exactOptional(),
    /** Or what it comes after, for the person to whom that happened. */
    trigger: z.enum(triggers).exactOptional(),
    /** How many days it is open, and after how many of them those are reminded who have not answered. */
    openDays: days.default(14),
    remindAfterDays: z
      .array(days)
      .max(2, 'Two reminders at most: a third one annoys more than it brings.')
      .default([4, 9]),
    /** Nobody is asked who was asked by another survey within so many days. */
    restDays: z.int().min(0).max(365).default(14),
    questions: z.array(question).min(1).max(20, 'More than 20 questions take longer than five minutes.'),
  })
  .superRefine(({ schedule, trigger }, ctx) => {
    if (schedule && trigger)
      ctx.addIssue({
        code: 'custom',
        path: ['trigger'],
        message: 'it opens by a schedule or by a trigger, not by both',
      });
  })
  .superRefine(({ questions, openDays, remindAfterDays }, ctx) => {
    const seen = new Set<string>();
    for (const [i, q] of questions.entries()) {
      if (seen.has(q.key))
        ctx.addIssue({ code: 'custom', path: ['questions', i, 'key'], message: `“${q.key}” was used above.` });
      for (const name of q.askIf ? reads(q.askIf) : [])
        if (!seen.has(name))
          ctx.addIssue({
            code: 'custom',
            path: ['questions', i, 'askIf'],
            message: `no question before this one has the key “${name}”`,
          });
      seen.add(q.key);
      const unfit = misfit(q);
      const twice = q.measure !== 'none' && questions.find((o) => o !== q && o.measure && o.measure === q.measure);
      if (unfit || twice)
        ctx.addIssue({
          code: 'custom',
          path: ['questions', i, 'measure'],
          message: unfit ?? `two questions measure ${q.measure}: keep the one that is to count`,
        });
    }
    for (const [i, day] of remindAfterDays.entries())
      if (day >= openDays)
        ctx.addIssue({
          code: 'custom',
          path: ['remindAfterDays', i],
          message: `it is open for ${openDays} days, so nobody can be reminded after ${day}`,
        });
  });
export type Survey = z.output<typeof surveySchema>;

/** All keys that a file may have, to see which was meant by one that is none. */
export const surveyKeys = [
  ...Object.keys(surveySchema.shape),
  ...'mode k kText everyone teams emails slackUserGroups microsoftTeams channels personas size rest start at zone rule until count changes every on nth weekday months key kind ask hint askIf measure options value label score scale from to labels min max unit question is atMost atLeast all any not'.split(
    ' ',
  ),
];

import { z } from 'zod';
import { type Fields, type Form, form, type Option, personas, type Raw } from '../kernel/index.ts';
import { personaNames } from '../people/views.ts';
import type { Settings } from '../settings.ts';
import { forms } from './keys.ts';
import { type Kind, kindNames, limits } from './rules.ts';
import type { Announcement, Content } from './store.ts';

/** What somebody can write; the other kinds are announced by their own features. */
const written = ['new', 'changed', 'fixed', 'deprecated'] as const satisfies readonly Kind[];

const named = (names: readonly string[]): readonly Option[] => names.map((value) => ({ value, label: value }));

/** Some of several; no field where there is nothing to choose from. */
const choosing = (name: string, label: string, options: readonly Option[], hint: string): Fields =>
  options.length === 0 ? {} : { [name]: { kind: 'choices', label, options, hint, optional: true } };

/** The form in which news are written, or changed. */
export function writeForm(settings: Settings, changing?: Announcement): Form {
  const posted = changing?.state === 'posted';
  return form({
    id: forms.write,
    title: changing ? `Change announcement #${changing.number}` : 'Announce something',
    submit: posted ? 'Change every copy' : 'Preview',
    intro: posted
      ? 'All copies are changed at once, on both platforms.'
      : 'You’ll see it as it looks on each platform before anybody else does.',
    fields: {
      kind: {
        kind: 'choice',
        label: 'What is it?',
        options: written.map((value) => ({ value, label: kindNames[value] })),
      },
      title: { kind: 'text', label: 'Headline', max: limits.title, placeholder: 'Preview environments in a minute' },
      text: {
        kind: 'text',
        label: 'What can people do now?',
        hint: 'It is shown as you write it: mentions and markup stay plain words.',
        multiline: true,
        max: limits.text,
      },
      details: {
        kind: 'text',
        label: 'Details',
        hint: 'They go into the thread, for those who want to know more.',
        multiline: true,
        max: limits.details,
        optional: true,
      },
      link: { kind: 'text', label: 'Link', placeholder: 'https://…', max: limits.link, optional: true },
      ...choosing(
        'areas',
        'Which parts of the platform?',
        named(settings.announcements.areas),
        'Who follows them is told.',
      ),
      ...choosing(
        'personas',
        'Whom does it concern?',
        personas.map((value) => ({ value, label: personaNames[value] })),
        'Nobody chosen: everybody.',
      ),
      ...choosing(
        'teams',
        'Which teams?',
        named(Object.keys(settings.channels.teams)),
        'Their channels get a copy as well.',
      ),
    },
  });
}

/** What is in the form at first: what was written before. */
export const priorOf = ({ kind, title, text, details, link, audience }: Content): Raw => ({
  kind,
  title,
  text,
  ...(details === undefined ? {} : { details }),
  ...(link === undefined ? {} : { link }),
  ...audience,
});

/** The answers of the form: what it offers depends on the settings of that moment. */
export const answersSchema = z.object({
  kind: z.enum(written),
  title: z.string(),
  text: z.string(),
  details: z.string().exactOptional(),
  link: z.string().exactOptional(),
  areas: z.array(z.string()).default([]),
  personas: z.array(z.enum(personas)).default([]),
  teams: z.array(z.string()).default([]),
});

export const retractForm = form({
  id: forms.retract,
  title: 'Take it back',
  submit: 'Retract',
  intro: 'Every copy says that it was taken back, and why. Copies that somebody deleted stay away.',
  fields: {
    why: {
      kind: 'text',
      label: 'Why?',
      hint: 'Everybody who read it reads this, word for word.',
      multiline: true,
      max: limits.why,
    },
  },
});

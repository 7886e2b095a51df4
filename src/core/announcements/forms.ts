import { z } from 'zod';
import type { Wall } from '../calendar/index.ts';
import type { GoldenPath } from '../catalog/path.ts';
import { type Fields, type Form, form, type Option, personas, type Raw, shorten } from '../kernel/index.ts';
import { personaNames } from '../people/views.ts';
import type { Settings } from '../settings.ts';
import { forms } from './keys.ts';
import { type Kind, kindNames, limits } from './rules.ts';
import type { Announcement, Content } from './store.ts';

/** Slack’s limit of options, and the shortest of their labels. */
export const optionsMax = 100;
export const labelMax = 75;

/** What somebody can write; the other kinds are announced by their own features. */
const written = ['new', 'changed', 'fixed', 'deprecated', 'action'] as const satisfies readonly Kind[];

const named = (names: readonly string[]): readonly Option[] => names.map((value) => ({ value, label: value }));

/** Some of several; no field where there is nothing to choose from. */
const choosing = (name: string, label: string, options: readonly Option[], hint: string): Fields =>
  options.length === 0 ? {} : { [name]: { kind: 'choices', label, options, hint, optional: true } };

const ifAction = { field: 'kind', is: ['action'] } as const;
/** Who has to do something, and until when. */
const acting = (paths: readonly GoldenPath[]): Fields => ({
  ...(paths.length === 0
    ? {}
    : {
        path: {
          kind: 'choice',
          label: 'Who has to do it: owners of a thing from which golden path?',
          hint: 'Each is told in person. No path chosen: everybody in the teams above.',
          options: paths.slice(0, optionsMax).map((p) => ({ value: p.name, label: shorten(p.title, labelMax) })),
          optional: true,
          shownIf: ifAction,
        },
        version: {
          kind: 'text',
          label: 'On which version?',
          hint: '1 stands for all of 1.x. Empty: on any.',
          pattern: String.raw`^\d{1,4}(\.\d{1,4}){0,2}$`,
          optional: true,
          shownIf: ifAction,
        },
      }),
  deadline: {
    kind: 'date',
    label: 'Until when?',
    hint: 'They are reminded a week and a day before, and on the day.',
    shownIf: ifAction,
  },
});

/** Nothing chosen: it goes out when somebody presses. */
const timing: Fields = {
  day: { kind: 'date', label: 'Post it by itself on', hint: 'Empty: when you press Post it.', optional: true },
  at: { kind: 'time', label: 'At', hint: 'In your time zone. Empty: at 10:00.', optional: true },
};

/** The form in which news are written, or changed. */
export function writeForm(settings: Settings, paths: readonly GoldenPath[], changing?: Announcement): Form {
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
        label: 'What can people do now, or what must they do?',
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
      picture: {
        kind: 'text',
        label: 'Picture',
        hint: 'Its https address: a PNG, JPEG or GIF of at most 1 MB and 1024 × 1024, which everybody can load without a login.',
        placeholder: 'https://…/previews.png',
        max: limits.link,
        optional: true,
      },
      alt: {
        kind: 'text',
        label: 'What does the picture show?',
        hint: 'For those who can’t see it.',
        max: limits.alt,
        optional: true,
      },
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
        named(Object.keys({ ...settings.teams, ...settings.channels.teams })),
        'Their channels, where they have one, get a copy as well.',
      ),
      ...acting(paths),
      ...(posted ? {} : timing),
    },
  });
}

/** What is in the form at first: what was written before. */
export const priorOf = (
  { kind, title, text, details, link, picture, audience, action }: Content,
  planned?: Wall,
): Raw => ({
  kind,
  title,
  text,
  ...(details === undefined ? {} : { details }),
  ...(link === undefined ? {} : { link }),
  ...(picture ? { picture: picture.url, alt: picture.alt } : {}),
  ...audience,
  ...action,
  ...(planned ? { day: planned.day, at: planned.at } : {}),
});

/** The answers of the form: what it offers depends on the settings of that moment. */
export const answersSchema = z.object({
  kind: z.enum(written),
  title: z.string(),
  text: z.string(),
  details: z.string().exactOptional(),
  link: z.string().exactOptional(),
  picture: z.string().exactOptional(),
  alt: z.string().exactOptional(),
  areas: z.array(z.string()).default([]),
  personas: z.array(z.enum(personas)).default([]),
  teams: z.array(z.string()).default([]),
  path: z.string().exactOptional(),
  version: z.string().exactOptional(),
  deadline: z.string().exactOptional(),
  day: z.string().exactOptional(),
  at: z.string().exactOptional(),
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

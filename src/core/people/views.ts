import {
  type Block,
  type Button,
  command,
  form,
  type Person,
  type Persona,
  personas,
  platformOf,
  platformTitles,
  said,
  strong,
  text,
  type View,
} from '../kernel/index.ts';
import { wallTime } from './zones.ts';

export const personaNames: Readonly<Record<Persona, string>> = {
  backend: 'Back-end',
  data: 'Data',
  frontend: 'Front-end',
};
export const presses = { persona: 'people.persona', change: 'people.change' } as const;

const personaOptions = personas.map((value) => ({ value, label: personaNames[value] }));

export const meForm = form({
  id: 'people.me',
  title: 'About you',
  submit: 'Save',
  fields: {
    zone: {
      kind: 'search',
      label: 'Your time zone',
      source: 'people.zones',
      placeholder: 'Type a city, such as Berlin',
    },
    persona: {
      kind: 'choice',
      label: 'What do you mostly work on?',
      hint: 'It decides what I show you first. You can use everything, whatever you choose.',
      optional: true,
      options: personaOptions,
    },
  },
});

export const changeButton: Button = {
  label: 'Change',
  press: { name: presses.change, value: '{}' },
  opens: 'form',
};

const list = (items: Iterable<string>) => new Intl.ListFormat('en').format(items);

/** What is known of a person, and where it came from. */
export function meView(by: Person, now: Date, saved = false): View {
  return {
    id: 'people.me',
    title: by.name,
    summary: `${by.name}, ${by.zone}`,
    blocks: [
      ...(saved ? [{ kind: 'notice', tone: 'good', text: said('Saved.') } as const] : []),
      {
        kind: 'facts',
        rows: [
          ['Time zone', text`${by.zone} (${wallTime(by.zone, now)} now)`],
          ['You work on', said(by.persona ? personaNames[by.persona] : 'not said yet')],
          ['E-mail', said(by.email ?? 'not known')],
          ['Known on', said(list(new Set(by.accounts.map((a) => platformTitles[platformOf(a)]))))],
          ['Roles', said(list(by.roles))],
          ...(by.teams.length > 0 ? [['Teams', said(list(by.teams))] as const] : []),
        ],
      },
      { kind: 'buttons', buttons: [changeButton] },
      {
        kind: 'note',
        text: said(
          'Slack and Teams are joined by your verified e-mail address. Roles and teams come from the platform team’s groundcrew.yaml.',
        ),
      },
    ],
  };
}

/** What choosing a persona is answered with. */
export const chosenNotice = (persona: Persona): Block => ({
  kind: 'notice',
  tone: 'good',
  text: text`Noted: ${personaNames[persona]}. You can change that with ${command('me')}.`,
});

/** The first hello: asks, once, what the person works on. */
export function welcomeView(by: Person, team: string): View {
  return {
    id: 'people.welcome',
    title: `Welcome, ${by.name}`,
    summary: `Hello from ${team}. What do you mostly work on?`,
    blocks: [
      {
        kind: 'text',
        text: text`I’m Groundcrew. I speak for ${strong(team)}: ask me for what you need, tell me what hurts, and hear what became of it. No tickets.`,
      },
      { kind: 'text', text: said('What do you mostly work on? I’ll show you what fits first.') },
      {
        kind: 'buttons',
        buttons: personas.map((p) => ({
          label: personaNames[p],
          press: { name: presses.persona, value: JSON.stringify(p) },
        })),
      },
    ],
  };
}

import type { Operation } from '../catalog/path.ts';
import { form, shorten } from '../kernel/index.ts';
import { forms } from './keys.ts';

/** What is irreversible is confirmed by typing its name, and told in the words of the path. */
export const removeForm = (
  name: string,
  what: string,
  { title = 'Delete', warning = 'It will be deleted with all that is in it, and can’t be brought back.' }: Told = {},
) =>
  form({
    id: forms.remove,
    title,
    submit: 'Continue',
    intro: `“${shorten(name, 60)}” (${what}): ${warning} Before it happens you see what exactly is done.`,
    fields: {
      name: {
        kind: 'text',
        label: 'Type its name, so that it’s not the wrong one',
        placeholder: shorten(name, 60),
        max: 200,
      },
    },
  });
type Told = Partial<Pick<Operation, 'title' | 'warning'>>;

export const handOverForm = (name: string) =>
  form({
    id: forms.handOver,
    title: 'Hand over',
    submit: 'Hand over',
    intro: `Who should look after “${shorten(name, 60)}” from now on? Within your team it’s done at once; others are asked first.`,
    fields: {
      to: {
        kind: 'choice',
        label: 'To whom?',
        options: [
          { value: 'person', label: 'A person' },
          { value: 'team', label: 'A team, to whoever takes it first' },
        ],
      },
      person: { kind: 'person', label: 'Person', shownIf: { field: 'to', is: ['person'] } },
      team: {
        kind: 'search',
        label: 'Team',
        source: 'resources.teams',
        placeholder: 'Type the name of a team',
        shownIf: { field: 'to', is: ['team'] },
      },
    },
  });

/** Somebody in several teams says for which of them they take a thing. */
export const acceptForm = (name: string, teams: readonly string[]) =>
  form({
    id: forms.accept,
    title: 'For which team?',
    submit: 'Take it',
    intro: `“${shorten(name, 60)}” counts against the quota and the budget of the team that you pick.`,
    fields: { team: { kind: 'choice', label: 'Team', options: teams.map((t) => ({ value: t, label: t })) } },
  });

import {
  type Block,
  type Button,
  type CommandHandler,
  code,
  command,
  type Feature,
  type HomePart,
  join,
  lastingView,
  mayDo,
  type Person,
  person,
  type Role,
  said,
  strong,
  type Text,
  text,
  type View,
} from '../kernel/index.ts';

export type Offered = Pick<CommandHandler<never>, 'name' | 'summary' | 'usage' | 'may' | 'personas'> & {
  readonly area?: string | undefined;
};

/** The commands of features, each with the area it belongs to. */
export const commandsOf = <S>(features: readonly Feature<S>[]) =>
  features.flatMap(({ handlers, area }) =>
    handlers.filter((h): h is CommandHandler<S> => h.on === 'command').map((h) => ({ ...h, area })),
  );

/** The name of the press that runs a command, as if it had been typed. */
export const runPress = 'command.run';

const roleNames: Readonly<Record<Role, string>> = {
  developer: 'developers',
  platform: 'platform engineers',
  product: 'the product manager',
  admin: 'admins',
};

/** All that decides what is offered to somebody. */
type Rights = Pick<Person, 'roles' | 'persona'>;

/** The commands a person may use, those made for people like them first. */
export function offeredTo(by: Rights, commands: readonly Offered[]): readonly Offered[] {
  const fits = (c: Offered) => (by.persona && c.personas?.includes(by.persona) ? 0 : 1);
  return commands
    .filter((c) => mayDo(c.may, by.roles))
    .map((c, i) => ({ c, i }))
    .sort((a, b) => fits(a.c) - fits(b.c) || a.i - b.i)
    .map(({ c }) => c);
}

const line = (c: Offered): Text => text`${command(`${c.name}${c.usage ? ` ${c.usage}` : ''}`)}  ${c.summary}`;

export const runButton = (c: Offered, label: string): Button => ({
  label,
  press: { name: runPress, value: JSON.stringify(c.name) },
});

/** More words than this were meant as a sentence. */
const sentence = 3;

type Unknown = { readonly typed: string; readonly near: Offered | undefined };

const missed = ({ typed, near }: Unknown): Text => {
  if (near) return text`I don’t know ${code(typed)}. Did you mean ${command(near.name)}?`;
  return typed.split(' ').length > sentence
    ? text`I’m sorry, I only understand commands. Perhaps one of these is what you need:`
    : text`I don’t know ${code(typed)}. This is what I can do for you:`;
};

const names = (area: string | undefined, these: readonly Offered[]): Text => [
  ...(area ? text`${strong(area)}: ` : []),
  ...join(
    these.map((c) => [command(c.name)]),
    ' · ',
  ),
];

/** What one may do: the same for all with the same rights. `typed` and `near` when something unknown was typed. */
export function helpView(by: Person, commands: readonly Offered[], unknown?: Unknown): View {
  if (unknown) return helpWith(by, commands, unknown);
  const kind = [...by.roles].sort().join(' ');
  return lastingView(commands, `help/${kind}/${by.persona ?? ''}`, () => helpWith(by, commands));
}

function helpWith(by: Rights, commands: readonly Offered[], unknown?: Unknown): View {
  const offered = offeredTo(by, commands);
  const near = unknown?.near;
  const areas = [...Map.groupBy(offered, (c) => c.area)];
  const summary = near ? `Did you mean ${near.name}?` : `Commands: ${offered.map((c) => c.name).join(', ')}`;
  // Who slipped wants to go on, not to read everything: what there is in names, and the rest behind a button.
  if (unknown) {
    const all = offered.find((c) => c.name === 'help');
    return {
      id: 'help',
      title: 'Not quite',
      summary,
      blocks: [
        { kind: 'notice', tone: 'info', text: missed(unknown) },
        ...(near ? [] : areas.map(([area, these]): Block => ({ kind: 'text', text: names(area, these) }))),
        {
          kind: 'buttons',
          buttons: [
            ...(near ? [runButton(near, `Yes, ${near.name}`)] : []),
            ...(all ? [runButton(all, near ? 'What can you do?' : 'What does each do?')] : []),
          ],
        },
      ],
    };
  }
  return {
    id: 'help',
    title: 'What I can do for you',
    summary,
    blocks: [
      ...areas.map(
        ([area, these]): Block => ({
          kind: 'text',
          text: join([...(area ? [[strong(area)]] : []), ...these.map(line)], '\n'),
        }),
      ),
      {
        kind: 'note',
        text: text`In a direct message to me the words alone are enough: ${code('feedback')}. In a Teams channel mention me first.`,
      },
    ],
  };
}

/** Made once: it takes longer to make than all the rest of a refusal. */
const either = new Intl.ListFormat('en', { type: 'disjunction' });

/** Why something was not done, and who may do it. */
export function notAllowedView(roles: readonly Role[], holders: readonly Person[], more: boolean): View {
  const who = either.format(roles.map((r) => roleNames[r]));
  const last = more ? holders.length : holders.length - 1;
  const names = holders.flatMap((h, i): Text => [...said(i === 0 ? '' : i === last ? ' or ' : ', '), person(h.id)]);
  return {
    id: 'not-allowed',
    title: 'Not open to everyone',
    summary: `Only ${who} can do this. Nothing was changed.`,
    blocks: [
      { kind: 'notice', tone: 'warn', text: text`Only ${strong(who)} can do this. Nothing was changed.` },
      {
        kind: 'text',
        text:
          holders.length > 0
            ? text`You could ask ${names}${more ? ' or one of their colleagues' : ''}.`
            : text`Nobody holds this role yet: it is given in ${code('groundcrew.yaml')}, under ${code('roles')}.`,
      },
    ],
  };
}

/** The home page: what each feature has to say to this person. */
export function homeView(by: Person, parts: readonly HomePart[]): View {
  return {
    id: 'home',
    title: `Hello, ${by.name}`,
    summary: 'What you asked for, and what I can do for you',
    blocks: parts.flatMap((part): readonly Block[] => [
      ...(part.title ? [{ kind: 'text', text: [strong(part.title)] } as const] : []),
      ...part.blocks,
      ...(part.buttons.length > 0 ? [{ kind: 'buttons', buttons: part.buttons } as const] : []),
    ]),
  };
}

import {
  type Block,
  type Button,
  link,
  person,
  safeUrl,
  said,
  strong,
  type Text,
  text,
  time,
} from '../kernel/index.ts';
import { addMinutes } from '../kernel/instants.ts';
import { presses } from '../office-hours/keys.ts';
import type { Event } from './store.ts';

/** Whether it is still to come, as far as is known. */
export const isComing = ({ state }: Event): boolean => state === 'planned';

function wherever(where: string | undefined): Text | undefined {
  if (where === undefined) return undefined;
  const safe = safeUrl(where);
  return safe === undefined ? said(where) : [link('Join here', safe)];
}

/** When and where it is, and what is shown there; or that it does not take place. */
export function sessionBlocks(e: Event): readonly Block[] {
  const startsAt = new Date(e.startsAt);
  if (e.state === 'skipped')
    return [{ kind: 'notice', tone: 'warn', text: text`This session, ${time(startsAt)}, does not take place.` }];
  const where = isComing(e) || e.state === 'live' ? wherever(e.where) : undefined;
  return [
    {
      kind: 'facts',
      rows: [
        ['When', text`${time(startsAt)} to ${time(addMinutes(startsAt, e.minutes), 'time')}`],
        ...(e.host ? [['With', [person(e.host)]] as const] : []),
        ...(where ? [['Where', where] as const] : []),
      ],
    },
    ...(e.agenda.length > 0
      ? [
          {
            kind: 'text',
            text: e.agenda.flatMap(
              (item, i): Text => text`${i === 0 ? '' : '\n'}• ${strong(item.title)}, ${person(item.person)}`,
            ),
          } as const,
        ]
      : []),
    ...(e.state === 'done' ? [{ kind: 'note', text: said('It’s over. Thank you for coming!') } as const] : []),
  ];
}

/** What whoever reads of it can do: the session’s own buttons. */
export function sessionButtons(e: Event): readonly Button[] {
  if (!isComing(e)) return [];
  const value = JSON.stringify({ n: e.session });
  return [
    ...(e.of === 'office-hours'
      ? [{ label: 'Sign up', press: { name: presses.signUp, value }, tone: 'primary', opens: 'form' } as const]
      : []),
    { label: 'Remind me', press: { name: presses.remind, value } },
  ];
}

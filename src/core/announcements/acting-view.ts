import { person, said, shorten, strong, type Text, text, type View } from '../kernel/index.ts';
import { presses } from './keys.ts';
import type { Announcement, Owed } from './store.ts';
import { untilDay } from './views.ts';

const list = (words: readonly string[]): string => new Intl.ListFormat('en').format(words);
/** How many of somebody’s things, and of those who are outstanding, are named. */
const named = 10;
const some = (all: readonly string[]): string =>
  all.length <= named ? list(all) : `${all.slice(0, named).join(', ')} and ${all.length - named} more`;

/** What became of it, for the one who had to do it. */
function ending(a: Announcement, owed: Owed): string | undefined {
  if (a.state === 'retracted') return 'This was taken back: there is nothing to do any more.';
  if (!a.content.action) return 'This was changed: there is nothing to do any more.';
  if (owed.how === 'seen') return 'Done: nothing of yours is concerned any more. Thank you!';
  if (owed.how === 'said') return 'You said that it’s done. Thank you!';
  return undefined;
}

/** What one person has to do, in their direct messages. `late`: a reminder of it. */
export function owedView(a: Announcement, owed: Owed, late?: { readonly over: boolean }): View {
  const { title, text: words, link: url, action } = a.content;
  const end = ending(a, owed);
  const until = action ? untilDay(action.deadline) : '';
  const heading = late ? (late.over ? 'Overdue' : 'Still to do') : 'Action required';
  return {
    id: 'announcement.owed',
    title: `${end ? 'Nothing more to do' : heading}: ${title}`,
    summary: end ? `${end} ${title}` : `${heading}: ${title}, ${late?.over ? 'since' : 'until'} ${until}`,
    blocks: [
      end
        ? { kind: 'notice', tone: 'good', text: said(end) }
        : { kind: 'notice', tone: late?.over ? 'bad' : 'warn', text: said(words) },
      {
        kind: 'facts',
        rows: [
          ...(owed.things.length > 0 ? [['Yours', said(some(owed.things))] as const] : []),
          ...(action ? [['Until', [strong(until)]] as const] : []),
          ...(url === undefined ? [] : [['How', [{ kind: 'link', text: shorten(url, 80), url }] as Text] as const]),
          ['From', [person(a.author)]],
        ],
      },
      ...(end
        ? []
        : [
            {
              kind: 'buttons',
              buttons: [
                {
                  label: 'Done',
                  press: { name: presses.done, value: JSON.stringify({ id: owed.id }) },
                  tone: 'primary',
                },
              ],
            } as const,
          ]),
    ],
  };
}

/** Who has not done it yet. `called`: for those who have to act on it, since its time is over. */
export function outstandingView(a: Announcement, all: readonly Owed[], called?: 'over'): View {
  const open = all.filter((o) => o.done === undefined);
  const shown = open.slice(0, shownMost);
  const until = a.content.action ? untilDay(a.content.action.deadline) : '';
  return {
    id: 'announcement.outstanding',
    title: called ? `Overdue: ${a.content.title}` : 'Still outstanding',
    summary: `${open.length} of ${all.length} are outstanding: ${a.content.title}`,
    blocks: [
      {
        kind: 'notice',
        tone: open.length === 0 ? 'good' : called ? 'bad' : 'info',
        text:
          open.length === 0
            ? text`Everybody has done ${strong(a.content.title)}.`
            : text`${open.length} of ${all.length} ${open.length === 1 ? 'has' : 'have'} not done ${strong(a.content.title)}, which ${called ? 'was' : 'is'} due on ${until}.`,
      },
      ...(open.length === 0
        ? []
        : [
            {
              kind: 'items',
              items: shown.map((o) => ({
                title: [person(o.person)],
                note: said(some(o.things) || 'as a member of their team'),
              })),
            } as const,
          ]),
      ...(open.length > shown.length
        ? [{ kind: 'note', text: text`and ${open.length - shown.length} more` } as const]
        : []),
    ],
  };
}
/** Slack’s limit of blocks leaves room for about as many. */
const shownMost = 20;

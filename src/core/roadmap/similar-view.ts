import { stateNames } from '../feedback/rules.ts';
import { type Button, link, said, shorten, strong, text, type View } from '../kernel/index.ts';
import type { Similar } from './store.ts';

export const similarPresses = { send: 'roadmap.send' } as const;

const meToo = (number: number, draft: string): Button => ({
  label: 'Me too',
  press: { name: 'roadmap.me-too', value: JSON.stringify({ number, draft }) },
});

/** What others asked for already, before something is sent that is like it. */
export function similarView(like: readonly Similar[], draft: string, what: string): View {
  return {
    id: 'roadmap.similar',
    title: 'Is it one of these?',
    summary: `Others asked for something like “${shorten(what, 120)}” already`,
    blocks: [
      {
        kind: 'text',
        text: text`Before I send ${strong(shorten(what, 120))}: this was asked for already. One tap joins it, with all that you wrote, and you’re told as they are.`,
      },
      {
        kind: 'items',
        items: like.map(({ number, what: theirs, state, asked, help, link: url }) => ({
          title: text`#${number} ${shorten(theirs, 150)}`,
          note:
            state === 'shipped'
              ? text`${strong('It’s here')}${help ? `: ${shorten(help, 200)} ` : ' '}${url ? [link('Try it', url)] : ''}`
              : text`${strong(stateNames[state])} · ${asked} asked`,
          buttons: [meToo(number, draft)],
        })),
      },
      {
        kind: 'buttons',
        buttons: [
          { label: 'None of these: send mine', press: { name: similarPresses.send, value: JSON.stringify({ draft }) } },
        ],
      },
      { kind: 'note', text: said('Yours waits here for a week.') },
    ],
  };
}

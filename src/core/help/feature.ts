import { type Feature, onCommand, whisper } from '../kernel/index.ts';
import { helpView, type Offered, runButton } from './views.ts';

/** What there is. `commands` are all commands of the product. */
export const help = (commands: () => readonly Offered[]): Feature<object> => ({
  name: 'help',
  area: 'You and I',
  handlers: [
    onCommand('help', { summary: 'What I can do for you', may: 'anyone' }, async (_, ctx) => [
      whisper(helpView(ctx.by, commands())),
    ]),
  ],
  home: async () => ({
    blocks: [],
    buttons: commands()
      .filter((c) => c.name === 'help')
      .map((c) => runButton(c, 'What can you do?')),
  }),
});

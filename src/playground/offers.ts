import type { Offers } from '../core/kernel/platform.ts';
import type { Offer, World } from './page/wire.ts';

/** The slash command that the app is installed with; its sub-commands are the app's own affair. */
const command = { name: '/platform', summary: 'Ask the platform team for something', hint: 'help, or what you need' };

/** Slack gives the name of a shortcut this many characters; an article is the first thing to go. */
const shortcutName = 24;
const slackTitle = (offer: Offer): Offer =>
  offer.title.length <= shortcutName ? offer : { ...offer, title: offer.title.replace(/\b(?:the|an?) /gi, '') };

/** Where each platform's client shows what the app offers. */
export function menus({ commands, shortcuts }: Offers): Pick<World, 'slack' | 'teams'> {
  const at = (where: 'global' | 'message'): readonly Offer[] =>
    shortcuts.filter((each) => each.where === where).map(({ name, title, summary }) => ({ name, title, summary }));
  return {
    slack: {
      commands: [command],
      shortcuts: at('global').map(slackTitle),
      messageShortcuts: at('message').map(slackTitle),
    },
    teams: {
      commands: commands.map(({ name, summary }) => ({ title: name, summary })),
      composeActions: at('global'),
      messageActions: at('message'),
    },
  };
}

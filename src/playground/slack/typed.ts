import { escapeText } from './payloads.ts';
import type { State } from './state.ts';
import type { SlackBlock } from './types.ts';

/** What Slack's composer makes of typed text: everything escaped, `@handle` and `#channel` of this workspace turned into references. */
export function compose(state: State, text: string, style: 'message' | 'command'): string {
  const people = new Map([...state.users.values()].map((user) => [user.name, user]));
  const places = new Map(
    [...state.channels.values()].flatMap((channel) => (channel.name ? [[channel.name, channel] as const] : [])),
  );
  const person = (id: string, name: string) => (style === 'command' ? `<@${id}|${name}>` : `<@${id}>`);
  // A reference to somebody who is here, as the composer's own completion writes it, passes as it is.
  const parts = text.split(/(<@[A-Z0-9]+>|<#[A-Z0-9]+>)/);
  return parts
    .map((part) => {
      const id = /^<[@#]([A-Z0-9]+)>$/.exec(part)?.[1] ?? '';
      const user = part.startsWith('<@') ? state.users.get(id) : undefined;
      if (user) return person(user.id, user.name);
      const place = part.startsWith('<#') ? state.channels.get(id) : undefined;
      if (place) return `<#${place.id}|${place.name}>`;
      return escapeText(part).replace(
        /(^|[\s(])([@#])([\w.-]*\w)/g,
        (all, before: string, mark: string, name: string) => {
          const called = mark === '@' ? people.get(name) : undefined;
          if (called) return before + person(called.id, called.name);
          const meant = mark === '#' ? places.get(name) : undefined;
          return meant ? `${before}<#${meant.id}|${meant.name}>` : all;
        },
      );
    })
    .join('');
}

/** The rich text block under every message that a person types. */
export function typedBlocks(encoded: string, blockId: string): readonly SlackBlock[] {
  const elements = encoded.split(/(<@[A-Z0-9]+>|<#[A-Z0-9]+\|[^>]*>)/).flatMap((part) => {
    const user = /^<@([A-Z0-9]+)>$/.exec(part)?.[1];
    if (user) return { type: 'user', user_id: user };
    const place = /^<#([A-Z0-9]+)\|/.exec(part)?.[1];
    if (place) return { type: 'channel', channel_id: place };
    const text = part.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
    return text === '' ? [] : { type: 'text', text };
  });
  return [{ type: 'rich_text', block_id: blockId, elements: [{ type: 'rich_text_section', elements }] }];
}

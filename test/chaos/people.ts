import type { Message } from '../../src/playground/slack/index.ts';
import { everybody, type World } from './world.ts';

/** What somebody wants, and how far it has come, as they see it in their messages. */
export type Wish = {
  readonly name: string;
  readonly path: string;
  readonly user: string;
  asked: number;
  pressed: number;
  is: 'open' | 'ready' | 'failed';
};

const paths = ['database', 'release', 'stack', 'grant', 'service'] as const;
/** How long somebody waits before they try again what the bot did not answer, or what they do not hear of. */
const patienceMs = 25_000;

export const wishes = (count: number): Wish[] =>
  Array.from({ length: count }, (_, i) => ({
    name: `t${i}`,
    path: paths[i % paths.length] as string,
    user: everybody[i % everybody.length]?.id as string,
    asked: 0,
    pressed: 0,
    is: 'open',
  }));

type Found = { readonly message: Message; readonly actionId: string; readonly blockId: string };

/** The button with this label. */
function button(message: Message, label: string): Found | undefined {
  for (const block of message.blocks)
    for (const element of (block.elements ?? []) as readonly {
      type: string;
      text?: { text: string };
      action_id: string;
    }[])
      if (element.type === 'button' && element.text?.text === label)
        return { message, actionId: element.action_id, blockId: block.block_id as string };
  return undefined;
}
const says = (message: Message, words: string): boolean =>
  message.text.includes(words) || JSON.stringify(message.blocks).includes(words);

/** What people do about their wishes now. Resolves when nobody wants anything more at the moment. */
export function createPeople({ slack }: World, all: readonly Wish[]) {
  const seen = (user: string): readonly Message[] => {
    const { messages } = slack.snapshot(user);
    return messages[slack.dmOf(user)] ?? [];
  };

  async function press(user: string, found: Found): Promise<void> {
    const { message, actionId, blockId } = found;
    await slack
      .press({ user, channel: message.channel, messageTs: message.ts, actionId, blockId })
      .catch(() => undefined);
  }

  async function pursue(wish: Wish, now: number): Promise<void> {
    const mine = seen(wish.user).filter((m) => says(m, `“${wish.name}”`));
    if (mine.some((m) => says(m, `“${wish.name}” is ready`))) {
      wish.is = 'ready';
      return;
    }
    if (mine.some((m) => says(m, 'could not be created'))) {
      wish.is = 'failed';
      return;
    }
    const go = mine.map((m) => button(m, 'Create it')).find((b) => b !== undefined);
    if (go) {
      if (now - wish.pressed < patienceMs) return;
      wish.pressed = now;
      await press(wish.user, go);
    } else if (mine.length === 0 && now - wish.asked > patienceMs) {
      wish.asked = now;
      const text = `create ${wish.path} name=${wish.name}`;
      await slack.command({ user: wish.user, text }).catch(() => undefined);
    }
  }

  let acting: Promise<void> | undefined;
  async function once(): Promise<void> {
    const now = Date.now();
    await Promise.all(all.filter((w) => w.is === 'open').map((w) => pursue(w, now)));
    acting = undefined;
  }

  return {
    /** One round at a time, however often it is asked for. */
    act(): Promise<void> {
      acting ??= once();
      return acting;
    },
    /** Whoever asked twice takes back what is not needed. */
    async tidy(): Promise<void> {
      for (const { id } of everybody)
        for (const message of seen(id)) {
          const never = button(message, 'Never mind');
          if (never) await press(id, never);
        }
    },
    /** When somebody was told that it is ready, in milliseconds. */
    toldAt(wish: Wish): number | undefined {
      const told = seen(wish.user).find((m) => says(m, `“${wish.name}” is ready`) && button(m, 'Open it'));
      return told && Number(told.ts) * 1000;
    },
    /** How often each wish is said to be ready, in a message of its own. */
    readyMessages: (wish: Wish): number =>
      seen(wish.user).filter((m) => !m.threadTs && says(m, `“${wish.name}” is ready`) && button(m, 'Open it')).length,
  };
}

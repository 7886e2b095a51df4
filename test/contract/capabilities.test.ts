import { afterEach, describe, expect, test } from 'vitest';
import type { PlatformName } from '../../src/core/kernel/index.ts';
import { SCOPES } from '../../src/slack/manifest.ts';
import { both } from './both.ts';
import { slackWorld } from './slack-world.ts';
import { teamsWorld } from './teams-world.ts';
import {
  asks,
  deliver,
  formOf,
  posted,
  press,
  reads,
  say,
  tell,
  viewOf,
  type World,
  whisper,
  wordsView,
} from './world.ts';

/*
 * What only one of the platforms can do. Each difference is declared here, with what stands in for it, and each is
 * looked at: a gap that opens breaks this, and so does one that closes without anybody saying so.
 */

const home = (w: World) => {
  const view = wordsView('All that is yours.');
  return deliver(w, { kind: 'home', account: w.account('ann'), view });
};
const dependent = formOf({
  a: { kind: 'toggle', label: 'A' },
  b: { kind: 'text', label: 'B', shownIf: { field: 'a', is: ['true'] } },
});

const probes = {
  'keeps a home page up to date': async (w) => {
    await home(w);
    await home(w);
    return w.sees('ann').filter((s) => s.words.includes('All that is yours.')).length === 1;
  },
  'finds a message whose confirmation was lost': async (w) => {
    const outgoing = say(w, wordsView('Lost and found.'), 'lost');
    w.trouble('post', { is: 'cut' });
    expect(await deliver(w, outgoing)).toMatchObject({ is: 'later', unknown: true });
    const [there] = w.sees('ann').filter((s) => s.words.includes('Lost and found.'));
    expect(there?.id).toBeDefined();
    const found = await w.platform.find?.(outgoing, new Date(w.now().getTime() - 60_000));
    return found?.is === 'done' && found.native === there?.id;
  },
  'shows dependent fields as soon as the other is answered': async (w) => {
    w.door.answer(asks(dependent).script);
    await w.shortcut('ann', 'feedback');
    await w.fill('ann', 'a', true);
    return w.screen('ann')?.fields.b !== undefined;
  },
  'opens a window for a command by a slash': async (w) => {
    w.door.answer(asks(dependent).script);
    await w.ways['by a slash'].type('ann', 'feedback');
    return w.screen('ann')?.as === 'window';
  },
  'asks a form at once when words are written to it': async (w) => {
    w.door.answer(asks(dependent).script);
    await w.ways['in a direct chat'].type('ann', 'feedback');
    return w.screen('ann') !== undefined;
  },
  'shows a form however late it comes': async (w) => {
    const { script } = asks(dependent);
    await w.shortcut('ann', 'feedback');
    w.pass(60);
    const shortcut = w.door.last('shortcut');
    const [ask] = script(shortcut);
    if (!ask) throw new Error('nothing is asked');
    const made = await w.platform.reply(ask, shortcut.origin, w.door.names());
    if (made.is !== 'done') expect(made).toMatchObject({ is: 'gone', what: 'trigger' });
    return made.is === 'done' && w.screen('ann') !== undefined;
  },
  'opens a window for a button that did not say so': async (w) => {
    await deliver(w, say(w, viewOf([{ kind: 'buttons', buttons: [press('Open', 'form.start')] }])));
    w.door.answer(asks(dependent).script);
    await w.press('ann', 'Open');
    return w.screen('ann')?.as === 'window';
  },
  'says in which zone the person is': async (w) => {
    await w.ways['in a direct chat'].type('ann', 'help');
    return w.door.last('command').hints?.zone === 'Europe/Kyiv';
  },
  'says that the bot is new to somebody': async (w) => {
    await w.goHome('ann');
    return w.door.last('home').first === true;
  },
  'says where a shortcut on a message was used': async (w) => {
    await w.shortcutOn('ann', await w.say('ben', 'words'), 'backlog');
    return w.door.last('shortcut').place === w.place('channel');
  },
  'tells of a changed profile': async (w) => {
    await w.tells['a changed profile']?.();
    return w.door.inbounds.some((i) => i.kind === 'observed' && i.what === 'account.changed');
  },
  'tells of a changed group': async (w) => {
    await w.tells['a changed group']?.();
    return w.door.inbounds.some((i) => i.kind === 'observed' && i.what === 'group.changed');
  },
} satisfies Readonly<Record<string, (w: World) => Promise<boolean>>>;
type Capability = keyof typeof probes;

/** `true`, or what stands in for it. One table for each platform: a capability that is not in both does not compile. */
const declared: { readonly [P in PlatformName]: { readonly [C in Capability]: true | string } } = {
  slack: {
    'keeps a home page up to date': true,
    'finds a message whose confirmation was lost': true,
    'shows dependent fields as soon as the other is answered': true,
    'opens a window for a command by a slash': true,
    'asks a form at once when words are written to it': 'no trigger comes with words: an offer with a button opens it',
    'shows a form however late it comes': 'a trigger lives three seconds: an offer with a button opens it',
    'opens a window for a button that did not say so': true,
    'says in which zone the person is': 'the directory says it (profile)',
    'says that the bot is new to somebody': 'the welcome is at `/platform start`',
    'says where a shortcut on a message was used': true,
    'tells of a changed profile': true,
    'tells of a changed group': 'groups are read every few minutes',
  },
  teams: {
    'keeps a home page up to date': 'there is no page without a tab: home is a card in the 1:1 chat',
    'finds a message whose confirmation was lost': 'bots cannot read messages: such a post may be made twice',
    'shows dependent fields as soon as the other is answered': 'the form goes on page by page, with the button Next',
    'opens a window for a command by a slash': 'the form is a card with inputs that only the person sees',
    'asks a form at once when words are written to it': true,
    'shows a form however late it comes': true,
    'opens a window for a button that did not say so': 'the form is a card with inputs that only the person sees',
    'says in which zone the person is': true,
    'says that the bot is new to somebody': true,
    'says where a shortcut on a message was used':
      'the bot may have no part in that chat, so nothing could be sent there',
    'tells of a changed profile': 'names are learnt again from what people write',
    'tells of a changed group': true,
  },
};

both((world) => {
  test.each(Object.keys(probes) as readonly Capability[])('%s, or not, as declared', async (capability) => {
    const w = world();
    const can = await probes[capability](w);
    expect(can).toBe(declared[w.name][capability] === true);
    expect(w.complaint()).toBeUndefined();
  });

  test('can find messages exactly if it says so', () => {
    const w = world();
    const says = declared[w.name]['finds a message whose confirmation was lost'] === true;
    expect(w.platform.find !== undefined).toBe(says);
  });
});

describe('finding a message whose confirmation was lost', () => {
  let world: World | undefined;
  afterEach(async () => {
    await world?.close();
    world = undefined;
  });
  const hourAgo = (w: World) => new Date(w.now().getTime() - 3_600_000);

  test('works in a channel and in a direct conversation, by its key, among many', async () => {
    const w = await slackWorld();
    world = w;
    for (let i = 0; i < 5; i += 1) {
      await posted(w, say(w, wordsView(`Other ${i}.`), `other/${i}`));
      w.pass(5);
    }
    for (const outgoing of [say(w, wordsView('Mine.'), 'mine'), tell(w, wordsView('Mine.'), 'mine')]) {
      expect(await w.platform.find?.(outgoing, hourAgo(w))).toBeUndefined();
      w.trouble('post', { is: 'cut' });
      expect(await deliver(w, outgoing)).toMatchObject({ is: 'later', unknown: true });
      const found = await w.platform.find?.(outgoing, hourAgo(w));
      const where = outgoing.kind === 'post' ? 'channel' : 'direct';
      const there = w.sees('ann').find((s) => s.where === where && s.words.includes('Mine.'));
      expect(found).toEqual({ is: 'done', native: there?.id, place: w.place(where) });
      w.pass(5);
      // Found, it is edited like any other.
      const native = there?.id ?? '';
      await deliver(w, { kind: 'edit', place: w.place(where), native, view: wordsView('Edited.') });
      expect(w.sees('ann').find((s) => s.id === native)?.words).toContain('Edited.');
    }
  });

  test('does not find what never arrived, what is older, or what has another key', async () => {
    const w = await slackWorld();
    world = w;
    w.trouble('post', { is: 'status', status: 500 });
    const lost = say(w, wordsView('Never there.'), 'never');
    expect(await deliver(w, lost)).toMatchObject({ unknown: true });
    expect(await w.platform.find?.(lost, hourAgo(w))).toBeUndefined();
    const made = say(w, wordsView('There.'), 'there');
    await posted(w, made);
    expect(await w.platform.find?.({ ...made, key: 'ther' } as never, hourAgo(w))).toBeUndefined();
    w.pass(7_200);
    expect(await w.platform.find?.(made, hourAgo(w))).toBeUndefined();
  });
});

describe('what a platform lacks is named in health, and the rest serves', () => {
  type Row = {
    readonly open: () => Promise<World>;
    readonly use: (w: World) => Promise<unknown>;
    readonly ends: object;
    readonly named: RegExp;
  };
  const rows: Readonly<Record<string, Row>> = {
    'Slack without a scope': {
      open: () => slackWorld({ scopes: SCOPES.filter((s) => s !== 'usergroups:read') }),
      use: (w) => w.platform.members('crew'),
      ends: [],
      named: /roles by user group.*usergroups:read/,
    },
    'Slack without the scope to edit and post': {
      open: () => slackWorld({ scopes: SCOPES.filter((s) => !s.startsWith('chat:')) }),
      use: (w) => deliver(w, say(w, wordsView('x'))),
      ends: { is: 'later' },
      named: /posting messages.*chat:write/,
    },
    'a server like Slack without a method': {
      open: () => slackWorld({ lacks: ['views.publish'] }),
      use: home,
      ends: { is: 'refused' },
      named: /the home page.*views\.publish/,
    },
    'Teams without messages for one person': {
      open: () => teamsWorld({ targeted: false }),
      async use(w) {
        w.door.answer([whisper('For you alone.')]);
        await w.ways['in a channel'].type('ann', 'help');
        expect(reads(w, 'ben', 'For you alone.')).toBe(false);
        const seen = w.sees('ann').find((s) => s.words.includes('For you alone.'));
        expect(seen?.where).toBe('direct');
        // It came to another conversation, so it says where it was asked for.
        expect(seen?.words).toMatch(/You asked for this in \S+/);
        return w.door.delivered[0];
      },
      ends: { is: 'done' },
      named: /targeted messages/,
    },
  };
  test.each(Object.keys(rows))('%s', async (name) => {
    const { open, use, ends, named } = rows[name] as Row;
    const w = await open();
    try {
      expect(await use(w)).toMatchObject(ends);
      const health = await w.platform.health();
      expect(health.ok).toBe(true);
      expect(health.degraded?.join('\n')).toMatch(named);
      await w.ways['in a direct chat'].type('ann', 'help');
      expect(w.door.last('command').text).toBe('help');
    } finally {
      await w.close();
    }
  });
});

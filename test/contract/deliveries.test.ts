import { describe, expect, test } from 'vitest';
import * as buttons from '../../src/core/feedback/buttons.ts';
import * as cards from '../../src/core/feedback/card-view.ts';
import { listView } from '../../src/core/feedback/list-view.ts';
import { helpView } from '../../src/core/help/views.ts';
import { buttonsOf, type PlaceId, person, text, type View } from '../../src/core/kernel/index.ts';
import { welcomeView } from '../../src/core/people/views.ts';
import { boardView } from '../../src/core/roadmap/board-view.ts';
import { itemView } from '../../src/core/roadmap/item-view.ts';
import { newsView } from '../../src/core/roadmap/news-view.ts';
import { scoreOf } from '../../src/core/roadmap/score.ts';
import { similarView } from '../../src/core/roadmap/similar-view.ts';
import type { Notice } from '../../src/core/roadmap/store.ts';
import { both } from './both.ts';
import {
  asks,
  deliver,
  formOf,
  namesIn,
  personId,
  posted,
  press,
  reads,
  say,
  tell,
  viewOf,
  whisper,
  wordsView,
} from './world.ts';

const item = {
  number: 7,
  requester: personId('ann'),
  account: 'slack:T1/U1' as never,
  what: 'Preview environments',
  why: 'I wait.',
  pain: 4,
  created: new Date('2026-03-01T09:00:00Z'),
  changed: new Date('2026-03-01T09:00:00Z'),
} as const;
const ann = {
  id: personId('ann'),
  name: 'Ann',
  zone: 'Europe/Kyiv',
  teams: [],
  roles: new Set(['platform'] as const),
  accounts: [],
} as const;

const similar = { number: 1, what: 'Faster builds', state: 'received', asked: 3 } as const;
const news: Notice = {
  move: '1',
  person: ann.id,
  since: item.created,
  asked: true,
  kind: 'ship',
  words: 'Go and see.',
  item: { number: 7, what: 'Faster builds', state: 'shipped', link: 'https://docs.acme.test' },
};
const score = scoreOf(item, [{ asked: 9, affected: 61 }]);
const many = Array.from({ length: 40 }, (_, i) => ({
  item: { ...item, number: i + 1, state: 'planned' } as const,
  score,
}));

/** Views with buttons of every sort: the product's own, and one of each oddity. */
const views: Readonly<Record<string, View>> = {
  'the triage card': cards.triageCard({ ...item, state: 'received' }, []),
  'a list with buttons in its rows': listView(
    'Open',
    [1, 2, 3].map((number) => ({ ...item, number, state: 'planned' })),
    text`None.`,
    {
      more: true,
      buttons: ({ number }) => [
        buttons.moveButton(number, 'ship', 'planned'),
        buttons.moveButton(number, 'decline', 'planned'),
      ],
    },
  ),
  'what is like it': similarView(
    [
      { ...similar, number: 1 },
      { ...similar, number: 2, state: 'shipped' },
    ],
    'd',
    'x',
  ),
  'one thing that is here': newsView([news]),
  'several things that are here': newsView([news, { ...news, item: { ...news.item, number: 8 } }]),
  'the roadmap': boardView('now', [{ title: 'Now', entries: many }], many.length),
  'an item of the roadmap': itemView({
    item: { ...item, number: 7, state: 'planned' },
    history: [],
    score,
    merged: [{ ...item, number: 9, state: 'planned', into: 7 }],
    relations: [{ number: 3, kind: 'related', what: 'Another' }],
    verdicts: [],
    pains: [0, 0, 0, 2, 0],
    triage: true,
    tracker: 'GitHub',
  }),
  'the welcome': welcomeView(ann, 'the team'),
  'help after a slip': helpView(ann, [], { typed: 'hlep', near: { name: 'help', summary: 'Help', may: 'anyone' } }),
  'more buttons than a row takes': viewOf([
    { kind: 'buttons', buttons: Array.from({ length: 60 }, (_, i) => press(`B${i}`, 'many.press', `${i}`)) },
  ]),
  'the same button in many places': viewOf([
    {
      kind: 'items',
      items: [1, 2, 3].map((n) => ({ title: text`Row ${n}`, buttons: [press(`Go ${n}`, 'same', `${n}`)] })),
      more: press('More', 'same', 'more'),
    },
    { kind: 'buttons', buttons: [press('Go', 'same', '')] },
  ]),
  'buttons of every tone that ask first or open a form': viewOf([
    {
      kind: 'buttons',
      buttons: [
        { ...press('Yes', 'a', '1'), tone: 'primary' },
        { ...press('No', 'b', '2'), tone: 'danger', confirm: 'Really?' },
        { ...press('Form', 'c', '3'), opens: 'form' },
        { ...press('Risky form', 'd', '4'), opens: 'form', confirm: 'Really?' },
      ],
    },
  ]),
};

both((world) => {
  describe('a message', () => {
    test('said in a channel is seen there by everybody, and says where and what it is', async () => {
      const w = world();
      const made = await posted(w, say(w, wordsView('For all of you.', { title: 'News' })));
      expect(made.place).toBe(w.place('channel'));
      for (const who of ['ann', 'ben'] as const) {
        const seen = w.sees(who).filter((s) => s.words.includes('For all of you.'));
        expect(seen).toMatchObject([{ where: 'channel', id: made.native, words: expect.stringContaining('News') }]);
      }
    });

    test('told to a person is seen by nobody else, and says where it stands', async () => {
      const w = world();
      const made = await posted(w, tell(w, wordsView('For you alone.')));
      expect(made.place).toBe(w.place('direct', 'ann'));
      expect(w.sees('ann').filter((s) => s.words.includes('For you alone.'))).toMatchObject([
        { where: 'direct', id: made.native },
      ]);
      expect(reads(w, 'ben', 'For you alone.')).toBe(false);
    });

    test.each(['say', 'tell'] as const)('once made (%s) is edited in its place, again and again', async (how) => {
      const w = world();
      const view = viewOf([
        { kind: 'text', text: text`First.` },
        { kind: 'buttons', buttons: [press('Go', 'a')] },
      ]);
      const { place, native } = await posted(w, how === 'say' ? say(w, view) : tell(w, view));
      for (const words of ['Second.', 'Third.']) {
        const edited = await deliver(w, { kind: 'edit', place, native, view: wordsView(words) });
        expect(edited).toMatchObject({ is: 'done' });
        expect(w.sees('ann').filter((s) => s.id === native)).toMatchObject([
          { words: expect.stringContaining(words), buttons: [] },
        ]);
      }
      expect(w.sees('ann')).toHaveLength(1);
      expect(reads(w, 'ann', 'First.')).toBe(false);
    });

    test('that is edited as something passes by leaves room to edits that somebody waits for, and to posts', async () => {
      const w = world();
      const at = await posted(w, say(w, wordsView('Begun.')));
      const change = (words: string, more: object = {}) =>
        deliver(w, { kind: 'edit', ...at, view: wordsView(words), ...more });
      const passes = (n: number) => change(`Step ${n}.`, { passing: true });
      let made = 0;
      while ((await passes(made)).is === 'done') made += 1;
      expect(made).toBeGreaterThan(2);
      expect(await change('Please confirm.')).toMatchObject({ is: 'done' });
      expect(await passes(made)).toMatchObject({ is: 'later', after: expect.any(Number) });
      expect(await deliver(w, say(w, wordsView('It is there.'), 'news'))).toMatchObject({ is: 'done' });
      expect(await change('Over.')).toMatchObject({ is: 'done' });
      w.pass(60);
      expect(await passes(made)).toMatchObject({ is: 'done' });
    });

    test('mentions the people and names the places that it should, by their accounts here', async () => {
      const w = world();
      const leo = 'p-leo' as never;
      const names = namesIn(w);
      const known = { ...names, people: new Map([...names.people, [leo, { name: 'Leo', accounts: [] }]]) };
      const view = viewOf([
        { kind: 'text', text: text`${person(personId('ann'))} asked ${person(leo)}.` },
        { kind: 'facts', rows: [['By', [person(personId('ben'))]]] },
      ]);
      await w.platform.deliver(say(w, view), known);
      const [seen] = w.sees('ben');
      const mentioned = (['ann', 'ben'] as const).map((who) => `person ${w.account(who).split('/')[1]}`);
      expect(new Set(seen?.live)).toEqual(new Set(mentioned));
      expect(seen?.words).toContain('Leo');
    });
  });

  describe('a reply', () => {
    const under = (at: { place: PlaceId; native: string }, words: string, key = 'reply', more: object = {}) =>
      ({ kind: 'reply', ...at, view: wordsView(words), key, ...more }) as const;

    test('stands in the thread of its message, seen by all who see that, and is edited there', async () => {
      const w = world();
      const root = await posted(w, say(w, wordsView('In short.')));
      const made = await posted(w, under(root, 'At length.'));
      expect(made.place).toBe(root.place);
      for (const who of ['ann', 'ben'] as const)
        expect(w.sees(who).filter((s) => s.words.includes('At length.'))).toMatchObject([
          { where: 'channel', id: made.native, under: root.native },
        ]);
      expect(await deliver(w, { kind: 'edit', ...made, view: wordsView('At greater length.') })).toMatchObject({
        is: 'done',
      });
      const [seen] = w.sees('ben').filter((s) => s.id === made.native);
      expect(seen).toMatchObject({ under: root.native, words: expect.stringContaining('At greater length.') });
      expect(await deliver(w, { kind: 'edit', ...root, view: wordsView('Over.') })).toMatchObject({ is: 'done' });
      expect(w.sees('ben')).toHaveLength(2);
    });

    test('under what was told to one person is a thread in Slack; in Teams’ chats only what may be alone is said', async () => {
      const w = world();
      const root = await posted(w, tell(w, wordsView('In short.')));
      expect(await deliver(w, under(root, 'At length.'))).toMatchObject({ is: 'done' });
      const said = w.sees('ann').filter((s) => s.words.includes('At length.'));
      if (w.name === 'teams') expect(said).toEqual([]);
      else expect(said).toMatchObject([{ where: 'direct', under: root.native }]);
      expect(await deliver(w, under(root, 'Worth a message.', 'alone', { alone: true }))).toMatchObject({ is: 'done' });
      expect(reads(w, 'ann', 'Worth a message.')).toBe(true);
      expect(reads(w, 'ben', 'At length.') || reads(w, 'ben', 'Worth a message.')).toBe(false);
    });

    test('to a message that somebody deleted is gone with it; one that may be alone is said in the place', async () => {
      const w = world();
      const root = await posted(w, say(w, wordsView('In short.')));
      w.deleteMessage('channel', 'ann', root.native);
      expect(await deliver(w, under(root, 'At length.'))).toMatchObject({ is: 'gone', what: 'message' });
      expect(reads(w, 'ann', 'At length.')).toBe(false);
      const made = await posted(w, under(root, 'Worth a message.', 'alone', { alone: true }));
      const [seen] = w.sees('ben').filter((s) => s.id === made.native);
      expect(seen?.words).toContain('Worth a message.');
      expect(seen).not.toHaveProperty('under');
      // The channel is still one that the bot is in.
      w.pass(5);
      expect(await deliver(w, say(w, wordsView('Next.'), 'next'))).toMatchObject({ is: 'done' });
    });

    test('has buttons that are answered where they stand', async () => {
      const w = world();
      const root = await posted(w, say(w, wordsView('In short.')));
      const view = viewOf([{ kind: 'buttons', buttons: [press('Try again', 'run.again', '5')] }]);
      await posted(w, { ...under(root, ''), view });
      w.door.answer([whisper('Trying.')]);
      await w.press('ann', 'Try again');
      expect(w.door.last('press')).toMatchObject({ press: { name: 'run.again', value: '5' }, place: root.place });
      expect(reads(w, 'ann', 'Trying.')).toBe(true);
      expect(reads(w, 'ben', 'Trying.')).toBe(false);
    });
  });

  describe('a home page', () => {
    test('is seen by its person alone', async () => {
      const w = world();
      const view = viewOf([
        { kind: 'text', text: text`All that is yours.` },
        { kind: 'buttons', buttons: [press('Mine', 'home.mine', '9')] },
      ]);
      expect(await deliver(w, { kind: 'home', account: w.account('ann'), view })).toMatchObject({ is: 'done' });
      expect(reads(w, 'ann', 'All that is yours.')).toBe(true);
      expect(reads(w, 'ben', 'All that is yours.')).toBe(false);
      w.door.answer([whisper('Pressed at home.')]);
      await w.press('ann', 'Mine');
      expect(w.door.last('press').press).toEqual({ name: 'home.mine', value: '9' });
      expect(reads(w, 'ann', 'Pressed at home.')).toBe(true);
      expect(reads(w, 'ben', 'Pressed at home.')).toBe(false);
    });

    test('has buttons that open forms', async () => {
      const w = world();
      const { script, answered } = asks(formOf({ what: { kind: 'text', label: 'What?' } }));
      const view = viewOf([{ kind: 'buttons', buttons: [{ ...press('Ask from home', 'home.ask'), opens: 'form' }] }]);
      await deliver(w, { kind: 'home', account: w.account('ann'), view });
      w.door.answer(script);
      await w.press('ann', 'Ask from home');
      await w.fill('ann', 'what', 'this');
      await w.send('ann');
      expect(answered).toEqual([{ what: 'this' }]);
    });
  });

  describe('the buttons of a view', () => {
    test.each(Object.keys(views))('are those that a person can press, each by its name and value: %s', async (name) => {
      const w = world();
      const view = views[name] as View;
      const wanted = buttonsOf(view);
      await deliver(w, say(w, view));
      expect(w.sees('ben')[0]?.buttons).toEqual(wanted.map((b) => b.label));
      const labels = wanted.map((b) => b.label);
      for (const [i, button] of wanted.entries()) {
        // One of many with the same label: the platform tells them apart, so does the test by pressing the first.
        if (labels.indexOf(button.label) !== i) continue;
        await w.press('ben', button.label);
        expect(w.door.last('press').press).toEqual(button.press);
      }
    });

    test('change the message under the finger where it is the person’s own, and leave that of everybody as it is', async () => {
      const w = world();
      const card = viewOf([
        { kind: 'text', text: text`First?` },
        { kind: 'buttons', buttons: [press('Yes', 'x', '1')] },
      ]);
      w.door.answer([{ kind: 'whisper', view: wordsView('Second?'), over: true }]);
      await deliver(w, tell(w, card));
      await w.press('ann', 'Yes');
      expect(reads(w, 'ann', 'Second?')).toBe(true);
      expect(reads(w, 'ann', 'First?')).toBe(false);
      await deliver(w, say(w, card, 'for all'));
      await w.press('ben', 'Yes');
      expect(reads(w, 'ben', 'Second?')).toBe(true);
      expect(reads(w, 'ben', 'First?')).toBe(true);
      expect(reads(w, 'ann', 'First?')).toBe(true);
    });

    test('beside what is folded lead to all of it: in Teams it is there, in Slack a press away', async () => {
      const w = world();
      const output = Array.from({ length: 90 }, (_, i) => `line ${i + 1} of the plan`).join('\n');
      const whole = viewOf([{ kind: 'code', language: 'yaml', text: output }], { title: 'The plan' });
      const fold = { kind: 'fold', title: 'What changes', blocks: whole.blocks as never } as const;
      await deliver(w, say(w, viewOf([{ ...fold, more: press('Show all', 'plan.all', '7') }])));
      const [seen] = w.sees('ben');
      expect(seen?.words).toContain('What changes');
      expect(seen?.words).toContain('line 6 of the plan');
      if (!seen?.words.includes('line 90 of the plan')) {
        expect(seen?.words).toContain('… and 84 more lines');
        w.door.answer([{ kind: 'whisper', view: whole }]);
        await w.press('ben', 'Show all');
        expect(w.door.last('press').press).toEqual({ name: 'plan.all', value: '7' });
        expect(reads(w, 'ben', 'line 90 of the plan')).toBe(true);
      }
      // With nowhere to lead to, nothing is held back.
      await deliver(w, say(w, viewOf([fold])));
      expect(w.sees('ben').filter((s) => s.words.includes('line 90 of the plan')).length).toBeGreaterThan(0);
      expect(w.sees('ben').some((s) => s.buttons.length === 0 && s.words.includes('line 90 of the plan'))).toBe(true);
    });

    test('with the same label in many rows are told apart', async () => {
      const w = world();
      const rows = [1, 2, 3].map((n) => ({ title: text`Row ${n}`, buttons: [press('Go', 'row.go', `${n}`)] }));
      await deliver(w, say(w, viewOf([{ kind: 'items', items: rows }])));
      await w.press('ben', 'Go', 2);
      expect(w.door.last('press').press).toEqual({ name: 'row.go', value: '3' });
    });
  });

  test('health says that all is well', async () => {
    expect(await world().platform.health()).toMatchObject({ ok: true });
  });

  test('names, zones and addresses come from the directory, and nobody from nowhere', async () => {
    const w = world();
    await w.ways['in a direct chat'].type('ann', 'help');
    expect(await w.platform.profile(w.account('ann'))).toMatchObject({
      account: w.account('ann'),
      name: 'Ann',
      email: 'ann@acme.test',
      active: true,
    });
    expect(await w.platform.profile(w.nobody)).toBeUndefined();
  });
});

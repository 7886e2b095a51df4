import { afterEach, describe, expect, test } from 'vitest';
import type { Delivered } from '../../src/core/kernel/index.ts';
import { both, open } from './both.ts';
import {
  deliver,
  posted,
  press,
  reads,
  say,
  type Trouble,
  tell,
  viewOf,
  type World,
  whisper,
  wordsView,
} from './world.ts';

both((world) => {
  describe('a delivery that fails', () => {
    type Row = { readonly trouble: Trouble; readonly post: Partial<Delivered>; readonly edit: Partial<Delivered> };
    const later = { is: 'later' } as const;
    const unsure = { is: 'later', unknown: true } as const;
    /** What was tried may be done twice without harm, so for edits it does not matter whether it was. */
    const rows: Readonly<Record<string, Row>> = {
      '429 with Retry-After': {
        trouble: { is: 'status', status: 429, retryAfter: 7 },
        post: { is: 'later', after: 7_000 },
        edit: { is: 'later', after: 7_000 },
      },
      '429 without': { trouble: { is: 'status', status: 429 }, post: later, edit: later },
      '500': { trouble: { is: 'status', status: 500 }, post: unsure, edit: later },
      '502, a page of a proxy': { trouble: { is: 'page', status: 502 }, post: unsure, edit: later },
      '504': { trouble: { is: 'status', status: 504 }, post: unsure, edit: later },
      '200 with a page instead of JSON': { trouble: { is: 'page', status: 200 }, post: unsure, edit: later },
      'the connection cut before the answer': { trouble: { is: 'cut' }, post: unsure, edit: later },
      '401': { trouble: { is: 'status', status: 401 }, post: { is: 'parked' }, edit: { is: 'parked' } },
    };
    test.each(Object.keys(rows))('%s', async (name) => {
      const w = world();
      const { trouble, post, edit } = rows[name] as Row;
      const { place, native } = await posted(w, say(w, wordsView('Before.')));
      w.pass(60);
      w.trouble('post', trouble);
      const failed = await deliver(w, say(w, wordsView('Again.'), 'again'));
      expect(failed).toMatchObject({ ...post, why: expect.any(String) });
      if (!('unknown' in post)) expect(failed).not.toHaveProperty('unknown');
      w.pass(60);
      w.trouble('edit', trouble);
      expect(await deliver(w, { kind: 'edit', place, native, view: wordsView('Edited.') })).toMatchObject(edit);
      // A page of a proxy is neither read nor kept.
      expect(w.log.join('\n')).not.toMatch(/<html|Bad gateway/i);
      w.pass(60);
      expect(await deliver(w, say(w, wordsView('Then.'), 'then'))).toMatchObject({ is: 'done' });
    });

    test('503: Teams has done nothing then; of Slack that is not known', async () => {
      const w = world();
      w.trouble('post', { is: 'status', status: 503 });
      const failed = await deliver(w, say(w, wordsView('Once.')));
      expect(failed).toMatchObject({ is: 'later' });
      expect('unknown' in failed).toBe({ slack: true, teams: false }[w.name]);
    });

    test('a 429 holds what comes after it, until it is over', async () => {
      const w = world();
      w.trouble('post', { is: 'status', status: 429, retryAfter: 30 });
      await deliver(w, say(w, wordsView('One.'), 'one'));
      expect(await deliver(w, say(w, wordsView('Two.'), 'two'))).toMatchObject({
        is: 'later',
        after: expect.any(Number),
      });
      // Somebody who is waiting is answered all the same.
      w.door.answer([whisper('At once.')]);
      await w.ways['in a channel'].type('ann', 'help');
      expect(reads(w, 'ann', 'At once.')).toBe(true);
      w.pass(31);
      expect(await deliver(w, say(w, wordsView('Three.'), 'three'))).toMatchObject({ is: 'done' });
    });

    test('more than the platform takes at once is put off by us, and comes through', async () => {
      const w = world();
      let made = 0;
      const waits: number[] = [];
      for (let tries = 0; made < 20 && tries < 60; tries += 1) {
        const delivered = await deliver(w, say(w, wordsView(`Message ${made}.`), `bulk/${made}`));
        if (delivered.is === 'done') made += 1;
        else if (delivered.is === 'later' && delivered.after !== undefined) {
          expect(delivered).not.toHaveProperty('unknown');
          waits.push(delivered.after);
          w.pass(delivered.after / 1_000);
        }
      }
      expect(made).toBe(20);
      expect(waits.length).toBeGreaterThan(0);
    });

    const gone = (what: string) => ({ is: 'gone', what, why: expect.any(String) });
    test('a channel that is not there', async () => {
      const w = world();
      const view = wordsView('To nowhere.');
      expect(await deliver(w, { kind: 'post', place: w.nowhere, view, key: 'k' })).toEqual(gone('place'));
    });
    test('a person who is not there', async () => {
      const w = world();
      const view = wordsView('To nobody.');
      expect(await deliver(w, { kind: 'direct', account: w.nobody, view, key: 'k' })).toEqual(gone('person'));
    });
    test.each(['by a slash', 'in a channel', 'in a direct chat'] as const)(
      'an answer that comes half an hour late still reaches the person alone: %s',
      async (way) => {
        const w = world();
        await w.ways[way].type('ann', 'help');
        w.pass(31 * 60);
        const made = await w.platform.reply(whisper('Late.'), w.door.last('command').origin, w.door.names());
        expect(made).toMatchObject({ is: 'done' });
        expect(reads(w, 'ann', 'Late.')).toBe(true);
        expect(reads(w, 'ben', 'Late.')).toBe(false);
      },
    );
    test('an answer to a press on a message that is gone reaches the person too', async () => {
      const w = world();
      const view = viewOf([{ kind: 'buttons', buttons: [press('Go', 'a')] }]);
      const { native } = await posted(w, say(w, view));
      await w.press('ann', 'Go');
      w.deleteMessage('channel', 'ann', native);
      const made = await w.platform.reply(whisper('All the same.'), w.door.last('press').origin, w.door.names());
      expect(made).toMatchObject({ is: 'done' });
      expect(reads(w, 'ann', 'All the same.')).toBe(true);
      expect(reads(w, 'ben', 'All the same.')).toBe(false);
    });
    test('a message that was deleted', async () => {
      const w = world();
      const { place, native } = await posted(w, say(w, wordsView('Soon gone.')));
      w.deleteMessage('channel', 'ann', native);
      expect(await deliver(w, { kind: 'edit', place, native, view: wordsView('Edited.') })).toEqual(gone('message'));
    });
  });
});

/** What ends a platform for good needs a platform of its own. */
describe.each(Object.entries(open))('%s', (_, openWorld) => {
  let world: World | undefined;
  afterEach(async () => {
    await world?.close();
    world = undefined;
  });
  const fresh = async () => {
    world = await openWorld();
    return world;
  };

  test('that took the bot’s access away: everything waits, and health says why', async () => {
    const w = await fresh();
    w.revoke();
    const parked = { is: 'parked', why: expect.any(String) };
    expect(await deliver(w, say(w, wordsView('x')))).toEqual(parked);
    expect(await deliver(w, tell(w, wordsView('x')))).toEqual(parked);
    expect(await deliver(w, { kind: 'home', account: w.account('ann'), view: wordsView('x') })).toEqual(parked);
    expect(await w.platform.health()).toMatchObject({ ok: false, why: expect.any(String) });
    expect(w.log.join('\n')).not.toMatch(/xoxb-|Bearer|eyJ/);
  });

  test('that a person has left: nobody is told, and the others are', async () => {
    const w = await fresh();
    await posted(w, tell(w, wordsView('Hello.')));
    await w.leave('ann');
    expect(await deliver(w, tell(w, wordsView('Are you there?'), 'k2'))).toMatchObject({ is: 'gone', what: 'person' });
    const ben = { kind: 'direct', account: w.account('ben'), view: wordsView('And you?'), key: 'k3' } as const;
    expect(await deliver(w, ben)).toMatchObject({ is: 'done' });
  });

  test('whose channel the bot is not in any more: the place is gone', async () => {
    const w = await fresh();
    const { place, native } = await posted(w, say(w, wordsView('Still here.')));
    await w.leaveChannel();
    expect(await deliver(w, say(w, wordsView('Not here.'), 'k2'))).toMatchObject({ is: 'gone', what: 'place' });
    const edit = await deliver(w, { kind: 'edit', place, native, view: wordsView('Edited.') });
    expect(edit).toMatchObject({ is: 'gone' });
    expect(await deliver(w, tell(w, wordsView('But here.')))).toMatchObject({ is: 'done' });
  });

  test('that nobody answers for: nothing was sent, so it is only later', async () => {
    const w = await fresh();
    await w.unplug();
    for (const outgoing of [say(w, wordsView('x')), tell(w, wordsView('x'))]) {
      const delivered = await deliver(w, outgoing);
      expect(delivered).toMatchObject({ is: 'later' });
      expect(delivered).not.toHaveProperty('unknown');
    }
  });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { presses } from '../../src/core/feedback/buttons.ts';
import type { PersonId, Profile } from '../../src/core/kernel/index.ts';
import { scoreOf } from '../../src/core/roadmap/score.ts';
import { scoreWords, standing } from '../../src/core/roadmap/score-view.ts';
import type { TeamCount } from '../../src/core/roadmap/store.ts';
import { ada, askedIn, grace, mira, openHouse } from '../support/house.ts';
import { ownDatabase } from '../support/own-database.ts';
import { openStage } from '../support/stage.ts';
import { whisperedIn, wordsOf } from '../support/words.ts';

const database = await ownDatabase();

describe('the score', () => {
  test.each<[string, Parameters<typeof scoreOf>[0], readonly TeamCount[], string]>([
    [
      'one voice, not weighed',
      { pain: 4 },
      [{ asked: 1, affected: 0 }],
      '4 = impact 4 (hours every week, from how much it hurts until it is triaged) × 1 person',
    ],
    [
      'asked and affected',
      { pain: 1, impact: 4 },
      [
        { team: 'a', asked: 5, affected: 30 },
        { team: 'b', asked: 4, affected: 31 },
      ],
      '280 = impact 4 (hours every week) × 70 people',
    ],
    [
      'one team has more than all others',
      { pain: 1, impact: 2 },
      [
        { team: 'a', asked: 20, affected: 0 },
        { team: 'b', asked: 3, affected: 2 },
      ],
      '20 = impact 2 (now and then) × 10 people; 20 people of a count as 5',
    ],
    [
      'one team alone',
      { pain: 1, impact: 2 },
      [{ team: 'a', asked: 9, affected: 0 }],
      '6 = impact 2 (now and then) × 3 people; 9 people of a count as 3',
    ],
    ['no teams', { pain: 1, impact: 2 }, [{ asked: 9, affected: 0 }], '18 = impact 2 (now and then) × 9 people'],
    [
      'a second order',
      { pain: 1, impact: 5, confidence: 80, effort: 4 },
      [{ asked: 10, affected: 0 }],
      '50 = impact 5 (blocks shipping) × 10 people. By confidence and effort: 10',
    ],
  ])('%s', (_, item, counts, words) => {
    expect(scoreWords(scoreOf(item, counts))).toBe(words);
  });

  test('“9 asked, 61 affected by inventory”', () => {
    expect(standing({ asked: 9, affected: 61 })).toBe('9 asked, 61 affected by inventory');
  });

  test('never counts more people than there are, nor fewer than half of them where there are two teams and more', () => {
    const counts = fc.uniqueArray(
      fc.record({ team: fc.constantFrom('a', 'b', 'c', 'd'), asked: fc.nat(50), affected: fc.nat(50) }),
      { selector: (c) => c.team, minLength: 1 },
    );
    fc.assert(
      fc.property(counts, (each) => {
        const { people, asked, affected, capped } = scoreOf({ pain: 1 }, each);
        expect(people).toBeLessThanOrEqual(asked + affected);
        const biggest = Math.max(...each.map((c) => c.asked + c.affected));
        expect(people).toBeGreaterThanOrEqual(Math.min(asked + affected, asked + affected - biggest));
        // More of a team never make it less.
        const more = each.map((c, i) => (i === 0 ? { ...c, asked: c.asked + 1 } : c));
        expect(scoreOf({ pain: 1 }, more).people).toBeGreaterThanOrEqual(people);
        if (capped) expect(capped.counted).toBeLessThan(capped.people);
      }),
      { seed: 11 },
    );
  });

  test('those who have what it is about count by inventory, each once, and not those who asked', async () => {
    const stage = openStage(database);
    const [adaId, miraId] = (await stage.meet(ada, mira, grace)) as [PersonId, PersonId];
    const { feedback, roadmap } = stage.store.direct.features;
    await feedback.add({
      requester: adaId,
      account: ada.account,
      what: 'Bigger databases',
      why: 'x',
      pain: 3,
      created: stage.now(),
    });
    for (const [i, owner] of [adaId, miraId, miraId].entries())
      await database.pool.query(
        `insert into groundcrew.resource (id, slug, name, identity, path, version, "values", team, owner, state, created, changed)
         values (gen_random_uuid(), $1, $1, $1, 'postgres', '1', '{}', 'checkout', $2, $3, now(), now())`,
        [`r${i}`, owner, i === 2 ? 'gone' : 'active'],
      );
    await roadmap.set(1, { path: 'postgres' });
    expect((await roadmap.counts([1])).get(1)).toEqual([
      { team: 'checkout', asked: 0, affected: 1 },
      { asked: 1, affected: 0 },
    ]);
    const { effects } = await stage.command(ada, 'roadmap 1');
    expect(effects.flatMap((e) => (e.kind === 'whisper' ? [wordsOf(e.view)] : []))[0]).toContain(
      'Voices: 1 asked, 1 affected by inventory',
    );
  });
});

describe('faults', () => {
  test('two who triage at once: both are kept, one after the other, with who changed what', async () => {
    const house = openHouse(database);
    await house.engine.start();
    const asked = askedIn(await house.act(house.command(ada, 'feedback')));
    await house.act(house.submit(ada, asked, { what: 'Faster builds', why: 'x', pain: '4' }));
    await house.act(house.command(mira, 'me'));
    await house.act(house.command(grace, 'me'));
    const forms: (readonly [Profile, string, Record<string, string>])[] = [];
    for (const [who, raw] of [
      [grace, { impact: '5', outcome: 'Builds in a minute' }],
      [mira, { impact: '2' }],
    ] as const)
      forms.push([who, askedIn(await house.act(house.press(who, presses.details, { number: 1 }))), raw]);
    await Promise.all(forms.map(([who, form, raw]) => house.act(house.submit(who, form, raw))));
    const { feedback } = house.store.direct.features;
    const history = await feedback.history(1);
    expect(history.map((h) => h.move)).toEqual(['triage', 'detail']);
    expect((await feedback.take(1))?.state).toBe('triaged');
    expect(new Set(history.map((h) => h.by)).size).toBe(2);
    const last = history.at(-1)?.changes?.impact;
    expect([5, 2]).toContain(last?.[0]);
    expect(last?.[0]).not.toBe(last?.[1]);
  });

  test('what somebody else changed while the form was open, and was not touched in it, stays', async () => {
    const stage = openStage(database);
    await stage.meet(ada, mira, grace);
    const { feedback } = stage.store.direct.features;
    const requester = (await stage.store.direct.features.people.byAccount(ada.account))?.id as PersonId;
    await feedback.add({ requester, account: ada.account, what: 'x', why: 'y', pain: 3, created: stage.now() });
    const ask = async (who: Profile) => (await stage.press(who, presses.details, { number: 1 })).effects[0];
    const [first, second] = [await ask(grace), await ask(mira)];
    await stage.fill(grace, first, { impact: '5', outcome: 'Builds in a minute', effort: '2' });
    // As Mira’s form has it: the impact as it hurts, and nothing else.
    await stage.fill(mira, second, { impact: '3', confidence: '80' });
    expect(await feedback.take(1)).toMatchObject({
      impact: 5,
      outcome: 'Builds in a minute',
      effort: 2,
      confidence: 80,
    });
    expect((await feedback.history(1)).at(-1)?.changes).toEqual({ confidence: [null, 80] });
    // What is emptied on purpose is empty.
    await stage.fill(mira, await ask(mira), { impact: '4', confidence: '80', effort: '2' });
    expect((await feedback.take(1))?.outcome).toBeUndefined();
    expect((await feedback.take(1))?.impact).toBe(4);
  });

  test('a requester who left: nobody is asked back in vain, and those who joined are told', async () => {
    const house = openHouse(database);
    await house.engine.start();
    const asked = askedIn(await house.act(house.command(ada, 'feedback')));
    await house.act(house.submit(ada, asked, { what: 'Faster builds', why: 'x', pain: '4' }));
    await house.act(house.press(mira, presses.meToo, { number: 1 }));
    await house.store.direct.features.people.left(ada.account);
    await house.act(house.command(grace, 'me'));
    const back = await house.act(house.press(grace, presses.move, { number: 1, move: 'ask' }));
    expect(whisperedIn(back)[0]).toContain('has left, so nobody would answer');
    const ship = askedIn(await house.act(house.press(grace, presses.move, { number: 1, move: 'ship' })));
    await house.act(house.submit(grace, ship, { words: 'Here.' }));
    house.clock.jump(180_000);
    await house.engine.tick();
    await house.work();
    const told = house.slack.outgoing.filter((o) => o.view.id === 'roadmap.news');
    expect(told.map((o) => 'account' in o && o.account)).toEqual([mira.account]);
  });
});

import { describe, expect, test } from 'vitest';
import { type Answer, type Asked, openForm, Problem, type Reply, refuse } from '../../src/core/kernel/index.ts';
import { ada, adaTeams, askedIn, grace, openHouse } from '../support/house.ts';
import { ownDatabase } from '../support/own-database.ts';
import { askOrder, createProbe, order, say, whisper } from '../support/probe.ts';
import { whisperedIn } from '../support/words.ts';

const database = await ownDatabase();

/** A house in which Ada has a form open, and what was sent with it so far. */
async function opened(carry = 'carried', prior: Record<string, unknown> = {}) {
  const probe = createProbe();
  const house = openHouse(database, { features: [probe.feature] });
  const sent: unknown[] = [];
  probe.command = async () => [askOrder(carry, prior)];
  probe.submit = async (answers, carried) => {
    sent.push([answers, carried]);
    return [whisper('sent'), say('slack:T1/C1', 'k')];
  };
  await house.engine.start();
  const form = askedIn(await house.act(house.command(ada, 'probe')));
  return { ...house, probe, sent, form };
}
const reopened = (answer: Answer): Asked => {
  const [reply, ...more] = answer.replies as readonly Reply[];
  if (reply?.kind !== 'ask' || !reply.reopened || more.length > 0)
    throw new Error(`not reopened: ${JSON.stringify(answer.replies)}`);
  return reply.asked;
};
const good = { what: 'a database' };

test('a form is answered with what it carried, and what the client adds is dropped', async () => {
  const house = await opened('{"secret":1}');
  const answer = await house.act(
    house.submit(ada, house.form, { ...good, backup: true, days: '7', carry: 'mine', admin: true, __proto__: 'x' }),
  );
  expect(whisperedIn(answer)).toEqual(['sent']);
  expect(house.sent).toEqual([[{ what: 'a database', backup: true, days: 7 }, '{"secret":1}']]);
  await house.engine.stop();
});

describe('a refused form', () => {
  test('keeps what was typed and says what is wrong, field by field, as often as it takes', async () => {
    const house = await opened();
    const typed = { what: 'x'.repeat(21), backup: 'true', days: 'many' };
    const first = reopened(await house.act(house.submit(ada, house.form, typed)));
    expect(first).toEqual({
      id: house.form,
      form: order,
      prior: typed,
      errors: { what: 'Please keep this to 20 characters at most.', days: 'Please enter a number.' },
    });
    expect(Object.keys(first.form.fields)).toEqual(['what', 'backup', 'days']);
    const second = reopened(await house.act(house.submit(ada, house.form, { what: '', backup: 'true', days: '2' })));
    expect(second).toMatchObject({ prior: { what: '', days: '2' }, errors: { what: 'Please fill this in.' } });
    expect(house.sent).toEqual([]);
    expect(whisperedIn(await house.act(house.submit(ada, house.form, good)))).toEqual(['sent']);
    expect(house.sent).toHaveLength(1);
    expect(await house.rows()).toMatchObject({ asked: 1, message: 1 });
    await house.engine.stop();
  });

  test('by its handler is the same', async () => {
    const house = await opened();
    house.probe.submit = async () => refuse({ what: 'There is one already.' });
    const answer = await house.act(house.submit(ada, house.form, good));
    expect(reopened(answer)).toMatchObject({ prior: good, errors: { what: 'There is one already.' } });
    expect(await house.rows()).toMatchObject({ message: 0 });
    await house.engine.stop();
  });

  test.each<[string, () => Promise<never>, string]>([
    ['fails', () => Promise.reject(new Error('boom')), 'Something broke on my side.'],
    [
      'has a problem',
      () => Promise.reject(new Problem('quota_used', 'The quota is used up.')),
      'The quota is used up.',
    ],
  ])('whose handler %s stays open with what was typed, and nothing was done', async (_, submit, words) => {
    const house = await opened();
    const before = await house.rows();
    house.probe.submit = submit;
    const asked = reopened(await house.act(house.submit(ada, house.form, { what: 'long thought about' })));
    expect(asked.prior).toEqual({ what: 'long thought about' });
    expect(asked.errors.what).toContain(words);
    expect(await house.rows()).toEqual(before);
    house.probe.submit = async () => [whisper('sent at last')];
    expect(whisperedIn(await house.act(house.submit(ada, house.form, good)))).toEqual(['sent at last']);
    await house.engine.stop();
  });

  test('that is not kept any more stays open with what was written in it, and nothing is remembered of it', async () => {
    const house = await opened();
    await database.pool.query('delete from groundcrew.asked');
    const before = await house.rows();
    const late = (raw: object, form = order.id) => house.act({ ...house.submit(ada, house.form, { ...raw }), form });
    const asked = reopened(await late({ what: 'long thought about', backup: true, constructor: 'x' }));
    expect(asked).toMatchObject({ id: house.form, prior: { what: 'long thought about' } });
    expect(Object.keys(asked.form.fields)).toEqual(['what']);
    expect(asked.errors.what).toContain('Copy what you wrote');
    // What is no text is nothing to copy; and a name that we do not have is no form.
    for (const [raw, form] of [[{ backup: true }], [{ what: 'x' }, 'toString'], [{ constructor: 'x' }]] as const)
      expect(whisperedIn(await late(raw, form))[0]).toContain('This form is too old');
    expect(await house.rows()).toEqual(before);
    await house.engine.stop();
  });

  test('keeps words that no database likes', async () => {
    const house = await opened();
    const what = `\u0000\ud800${'<!channel> "\\ \u202e'.repeat(1000)}`;
    expect(reopened(await house.act(house.submit(ada, house.form, { what }))).prior).toEqual({ what });
    const again = await house.act(house.press(ada, 'nothing', {}));
    expect(whisperedIn(again)[0]).toContain('I don’t know this button');
    const pressed = await house.act(house.from(ada, { kind: 'press', press: { name: openForm, value: house.form } }));
    const kept = reopened(pressed).prior.what as string;
    expect(kept).toBe(what.replace('\u0000', '').toWellFormed());
    await house.engine.stop();
  });

  test('with nonsense for its values is refused like any other', async () => {
    const house = await opened();
    for (const what of [null, 7, true, [], {}, { toString: 1 }, [[['x']]]]) {
      const answer = await house.act(house.submit(ada, house.form, { what, backup: { toString: 1, valueOf: 1 } }));
      expect(reopened(answer).errors).toHaveProperty('what');
    }
    await house.engine.stop();
  });
});

describe('a form is sent', () => {
  test('once, though it is sent twice', async () => {
    const house = await opened();
    await house.act(house.submit(ada, house.form, good));
    const twice = await house.act(house.submit(ada, house.form, good));
    expect(whisperedIn(twice)).toEqual(['This form was sent before, so nothing was done a second time.']);
    expect(house.sent).toHaveLength(1);
    await house.engine.stop();
  });

  test('once, though two windows send it at the same time', async () => {
    const house = await opened();
    const answers = await Promise.all(
      Array.from({ length: 6 }, (_, i) => house.act(house.submit(ada, house.form, { what: `try ${i}` }))),
    );
    expect(house.sent).toHaveLength(1);
    expect(answers.flatMap(whisperedIn).sort()).toEqual([
      'This form was sent before, so nothing was done a second time.',
      'This form was sent before, so nothing was done a second time.',
      'This form was sent before, so nothing was done a second time.',
      'This form was sent before, so nothing was done a second time.',
      'This form was sent before, so nothing was done a second time.',
      'sent',
    ]);
    await house.engine.stop();
  });

  test('by the one who was asked: others are told so, on whichever platform', async () => {
    const house = await opened();
    const before = await house.rows();
    for (const kind of ['submit', 'changed'] as const) {
      const inbound = house.from<typeof kind>(grace, { kind, asked: house.form, raw: good });
      expect(whisperedIn(await house.engine.dispatch(inbound))).toEqual([
        'This form was opened for somebody else. Nothing was sent. Please open your own.',
      ]);
    }
    const pressed = house.from<'press'>(grace, { kind: 'press', press: { name: openForm, value: house.form } });
    expect(whisperedIn(await house.engine.dispatch(pressed))[0]).toContain('opened for somebody else');
    expect(house.sent).toEqual([]);
    expect(await house.rows()).toMatchObject({ asked: before.asked, message: 0 });
    expect(whisperedIn(await house.act(house.submit(ada, house.form, good)))).toEqual(['sent']);
    await house.engine.stop();
  });

  test('by the same human on their other platform', async () => {
    const house = await opened();
    await house.act(house.command(adaTeams, 'help'));
    expect(whisperedIn(await house.act(house.submit(adaTeams, house.form, good)))).toEqual(['sent']);
    await house.engine.stop();
  });

  test.each([
    'no uuid',
    '',
    '00000000-0000-4000-8000-000000000000',
    '00000000-0000-4000-8000-00000000000G',
    "' or 1=1 --",
    'x'.repeat(100_000),
    '\u0000',
  ])('never under the id %j', async (id) => {
    const house = await opened();
    for (const inbound of [
      house.submit(ada, id, good),
      house.from<'changed'>(ada, { kind: 'changed', asked: id, raw: good }),
      house.from<'press'>(ada, { kind: 'press', press: { name: openForm, value: id } }),
    ])
      expect(whisperedIn(await house.engine.dispatch(inbound))).toEqual([
        'This form is too old, so I don’t have it any more. Nothing was sent. Please open it again.',
      ]);
    expect(house.sent).toEqual([]);
    await house.engine.stop();
  });

  test('of another version of the product not at all', async () => {
    const house = await opened();
    await database.pool.query(
      `update groundcrew.asked set form = json_build_object('id', 'former', 'fields', form -> 'fields')`,
    );
    const asked = reopened(await house.act(house.submit(ada, house.form, good)));
    expect(asked.errors.what).toBe('This form is from another version of me. Nothing was sent. Please open it again.');
    expect(house.sent).toEqual([]);
    await house.engine.stop();
  });
});

describe('a field that others wait for', () => {
  test('draws the form again with what was typed, and does nothing else', async () => {
    const house = await opened();
    const changed = (raw: Record<string, unknown>) =>
      house.act(house.from<'changed'>(ada, { kind: 'changed', asked: house.form, raw }));
    const answer = await changed({ what: 'half a wo', backup: 'true', other: 1 });
    expect(reopened(answer)).toEqual({
      id: house.form,
      form: order,
      prior: { what: 'half a wo', backup: 'true' },
      errors: {},
    });
    expect(reopened(await changed({ what: 'half' })).prior).toEqual({ what: 'half' });
    expect(house.sent).toEqual([]);
    await house.engine.stop();
  });
});

describe('a form whose moment passed', () => {
  const press = (house: Awaited<ReturnType<typeof opened>>) =>
    house.act(house.from<'press'>(ada, { kind: 'press', press: { name: openForm, value: house.form } }));

  test('is opened by its button, with what it was prefilled with or with what was typed since', async () => {
    const house = await opened('c', { what: 'prefilled' });
    expect(reopened(await press(house)).prior).toEqual({ what: 'prefilled' });
    await house.act(house.submit(ada, house.form, { what: '', backup: 'true', days: '3' }));
    expect(reopened(await press(house)).prior).toEqual({ what: '', backup: 'true', days: '3' });
    await house.engine.stop();
  });

  test('is not opened any more once it was sent', async () => {
    const house = await opened();
    await house.act(house.submit(ada, house.form, good));
    expect(whisperedIn(await press(house))).toEqual(['This form was sent before, so nothing was done a second time.']);
    await house.engine.stop();
  });

  test('is forgotten after two days', async () => {
    const house = await opened();
    const { asked } = house.store.direct;
    const day = 86_400_000;
    const at = house.clock.now().getTime();
    expect(await asked.forget(new Date(at))).toBe(0);
    expect(await asked.forget(new Date(at + 3 * day))).toBe(1);
    expect(whisperedIn(await house.act(house.submit(ada, house.form, good)))[0]).toContain('too old');
    await house.engine.stop();
  });
});

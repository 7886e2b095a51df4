import { describe, expect, test } from 'vitest';
import { scheduleSchema } from '../../src/core/calendar/index.ts';
import { presses as me } from '../../src/core/people/views.ts';
import { ownDatabase } from '../support/own-database.ts';
import { catalog } from '../support/paths.ts';
import { openRequests, people, progress, settingsWith, shownFor, type Who, whispered } from '../support/requests.ts';
import { wordsOf } from '../support/words.ts';

const database = await ownDatabase();

const docs = [
  {
    title: 'How we deploy',
    url: 'https://docs.acme.test/deploy',
    about: 'From merge to production.',
    words: 'rollback',
  },
  { title: 'The warehouse', url: 'https://docs.acme.test/data', about: 'Exports.', personas: ['data'] },
];
const settings = settingsWith({ onboarding: { docs, ask: 'Or anybody in #help.' } });
const open = () => openRequests(database, { settings });
type Open = Awaited<ReturnType<typeof open>>;

/** Says hello for the first time, on the platform of the login. */
async function begin(stage: Open, who: Who, persona = 'backend') {
  await stage.say(who, 'start');
  return (await stage.push(who, me.persona, persona)).effects;
}
const key = (who: Who) => `onboarding/${people[who].account}`;
const rolled = (stage: Open, team: string) =>
  stage.store.direct.features.incidents
    .rolledOut('c', [{ subject: `Deployment/${team}/web`, template: '1:a', team }], stage.now())
    .then(() =>
      stage.store.direct.features.incidents.rolledOut(
        'c',
        [{ subject: `Deployment/${team}/web`, template: '1:b', team }],
        stage.now(),
      ),
    );
const look = (stage: Open) => stage.due('onboarding.look', 'onboarding.look', {});

describe.each([
  ['Slack', 'ada', 'orders'],
  ['Microsoft Teams', 'dora', 'data'],
] as const)('somebody new on %s', (_, who, team) => {
  test('sees where to begin, and gets a checklist that stays', async () => {
    const stage = await open();
    const effects = await begin(stage, who);
    const words = whispered(effects);
    for (const said of [
      'Noted: Back-end.',
      'You work on: Back-end',
      `Your team: ${team}`,
      'PostgreSQL',
      'How we deploy',
      'Or anybody in #help.',
      `@${stage.id('paul')}`,
    ])
      expect(words).toContain(said);
    expect(words).not.toContain('The warehouse');
    expect(effects[1]).toMatchObject({ kind: 'tell', person: stage.id(who), via: people[who].account, key: key(who) });
    expect(shownFor(effects, key(who)).map(wordsOf).join()).toContain('done: You’re in a team');

    const again = (await stage.say(who, 'start')).effects;
    expect(again.map((e) => e.kind)).toEqual(['whisper', 'edit']);
  });
});

test('the checklist ticks itself with the times of what happened, and says how long it took', async () => {
  const stage = await open();
  const { onboarding } = stage.store.direct.features;
  await begin(stage, 'ada');
  const started = stage.now();
  stage.pass(60);
  const number = await stage.accepted('ada');
  stage.pass(5);
  const ready = await stage.moved(number, progress('ready'));
  expect(shownFor(ready.effects, key('ada')).map(wordsOf).join()).toContain(
    'done: Your first thing from a golden path is ready',
  );
  const at = stage.now();
  stage.pass(24 * 60);
  await rolled(stage, 'data');
  expect((await look(stage)).effects.map((e) => e.kind)).toEqual(['later']);
  await rolled(stage, 'orders');
  const rolledAt = stage.now();
  stage.pass(50);
  const { effects } = await look(stage);
  expect(shownFor(effects, key('ada')).map((v) => v.title)).toEqual(['You’re all set']);
  expect(await onboarding.of(stage.id('ada'))).toEqual({
    person: stage.id('ada'),
    account: people.ada.account,
    started,
    ticks: { access: started, environment: at, deploy: rolledAt },
  });
  // Done is done: it is not looked at again.
  expect((await look(stage)).effects.map((e) => e.kind)).toEqual(['later']);
});

test('who is in no team hears who can change that, and it ticks once somebody has', async () => {
  const stage = await open();
  const words = whispered(await begin(stage, 'nobody'));
  expect(words).toContain(`Your team: none yet: @${stage.id('paul')} can add you`);
  const teams = { orders: { emails: ['nobody@acme.test'] } };
  stage.settings(settingsWith({ teams, onboarding: { docs } }));
  stage.pass(60);
  const { effects } = await look(stage);
  expect(shownFor(effects, key('nobody')).map(wordsOf).join()).toContain('done: You’re in a team');
});

test('only what they can make something from is offered, what is made for them first', async () => {
  const stage = await open();
  const [view] = (await begin(stage, 'ada', 'data')).flatMap((e) => (e.kind === 'whisper' ? [e.view] : []));
  const items = view?.blocks.flatMap((b) => (b.kind === 'items' ? b.items : [])) ?? [];
  expect(items[0]?.title).toEqual([{ kind: 'strong', text: 'GPU job' }]);
  expect(items.length).toBeLessThanOrEqual(3);
  expect(wordsOf(view as never)).toContain('The warehouse');
});

test('the next office hours are named, and none that were called off or are something else', async () => {
  const stage = await open();
  const { officeHours } = stage.store.direct.features;
  const series = async (kind: 'office-hours' | 'demo', title: string, hours: number) => {
    const made = await officeHours.addSeries({
      kind,
      title,
      minutes: 30,
      queue: true,
      schedule: scheduleSchema.parse({ start: '2026-03-02', at: '15:00', zone: 'UTC', rule: { kind: 'once' } }),
      places: [],
      hosts: [stage.id('paul')],
      created: stage.now(),
    });
    const startsAt = new Date(stage.now().getTime() + hours * 3_600_000);
    const terms = { minutes: 30, queue: true, moved: false };
    await officeHours.addSessions([{ series: made.number, on: '2026-03-02', startsAt, ...terms }]);
    return startsAt;
  };
  expect(whispered(await begin(stage, 'ada'))).not.toContain('Come by');
  await series('demo', 'Monthly demo', 1);
  const at = await series('office-hours', 'Ask the platform team', 2);
  expect(whispered((await stage.say('ada', 'start')).effects)).toContain(
    `Come by: Ask the platform team, ${at.toISOString()}; sign up with office-hours`,
  );
});

test('a bot that starts again every few minutes looks all the same', async () => {
  const stage = await open();
  const { effects } = await stage.run({
    kind: 'observed',
    what: 'started',
    input: {},
    at: stage.now(),
    delivery: crypto.randomUUID(),
  });
  expect(effects.flatMap((e) => (e.kind === 'later' && e.job === 'onboarding.look' ? [e.at] : []))).toEqual([
    stage.now(),
  ]);
});

test('what was ticked first counts: a second replica that saw it later changes nothing', async () => {
  const stage = await open();
  await begin(stage, 'nobody');
  const { onboarding } = stage.store.direct.features;
  const first = stage.now();
  await onboarding.tick(stage.id('nobody'), { access: first });
  stage.pass(10);
  await onboarding.tick(stage.id('nobody'), { access: stage.now() });
  expect((await onboarding.of(stage.id('nobody')))?.ticks).toEqual({ access: first });
});

test('after three months nobody waits for it any more', async () => {
  const stage = await open();
  await begin(stage, 'ada');
  stage.pass(91 * 24 * 60);
  await rolled(stage, 'orders');
  expect((await look(stage)).effects.map((e) => e.kind)).toEqual(['later']);
});

describe('the docs', () => {
  test.each([
    ['rollback', 'How we deploy'],
    ['ROLLBAK', 'How we deploy'],
    ['deploy production', 'How we deploy'],
    ['database', 'PostgreSQL'],
    ['exports', 'The warehouse'],
  ])('%s finds %s first', async (typed, title) => {
    const stage = await open();
    const { effects } = await stage.say('ada', `docs ${typed}`);
    expect(whispered(effects).split('\n')[0]).toBe(title);
  });

  test('a path that is found can be used at once', async () => {
    const stage = await open();
    const [found] = (await stage.say('ada', 'docs postgres')).effects;
    const buttons =
      found?.kind === 'whisper' ? found.view.blocks.flatMap((b) => (b.kind === 'items' ? b.items : [])) : [];
    expect(buttons[0]?.buttons?.[0]?.press).toEqual({ name: 'request.create', value: '{"path":"postgres"}' });
  });

  test('new docs are found as soon as the settings have them', async () => {
    const stage = await open();
    expect(whispered((await stage.say('ada', 'docs chaos')).effects)).toContain('I find nothing about chaos');
    stage.settings(settingsWith({ onboarding: { docs: [{ title: 'Chaos', url: 'https://docs.acme.test/c' }] } }));
    expect(whispered((await stage.say('ada', 'docs chaos')).effects)).toContain('Chaos');
    stage.catalog({ ...catalog, paths: [] });
    expect(whispered((await stage.say('ada', 'docs postgres')).effects)).toContain('I find nothing');
  });

  test.each([['<!channel>'], ['"; drop table --'], ['* . ( ['], ['x'.repeat(5_000)]])(
    'hostile words are looked for, and said back as words: %s',
    async (typed) => {
      const stage = await open();
      const { effects } = await stage.say('ada', `docs ${typed}`);
      expect(whispered(effects)).toContain(`I find nothing about ${typed.slice(0, 99).trimEnd()}`);
    },
  );

  test('without words all there is to read, for people like them', async () => {
    const stage = await open();
    await begin(stage, 'ada', 'data');
    const words = whispered((await stage.say('ada', 'docs')).effects);
    expect(words).toContain('How we deploy');
    expect(words).toContain('The warehouse');
  });
});

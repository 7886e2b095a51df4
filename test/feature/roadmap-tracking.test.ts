import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { presses } from '../../src/core/feedback/buttons.ts';
import { bondPresses } from '../../src/core/roadmap/item-view.ts';
import type { Issue } from '../../src/core/roadmap/store.ts';
import { type Settings, settingsSchema } from '../../src/core/settings.ts';
import { openTestDatabase } from '../support/database.ts';
import { type Hook, openGitHub } from '../support/github.ts';
import { ada, askedIn, grace, triageSlack, triageTeams } from '../support/house.ts';
import { at, openTracked } from '../support/tracked.ts';
import { whisperedIn, wordsOf } from '../support/words.ts';

const { repository } = at;
const settings: Settings = settingsSchema.parse({
  roles: { platform: { emails: ['grace@acme.test'] } },
  channels: { triage: [triageSlack, triageTeams] },
  roadmap: { github: { repository } },
});

const database = await openTestDatabase();
let github: Awaited<ReturnType<typeof openGitHub>>;
beforeAll(async () => {
  github = await openGitHub(at);
});
afterAll(async () => {
  await github.close();
  await database.close();
});
beforeEach(async () => {
  github.issues.length = 0;
  github.asked.length = 0;
  github.looked.length = 0;
  github.away();
  github.trouble.length = 0;
  await database.empty();
});

const blank = {
  title: 'x',
  body: '',
  state: 'open',
  state_reason: null,
  labels: [] as string[],
  updated_at: '2026-03-02T10:00:00Z',
} as const;

/** The bot with its listener, and one item that Ada asked for. */
async function open(more: { token?: string; settings?: Settings } = {}) {
  const { apiUrl } = github;
  const { house, send } = await openTracked(database, { apiUrl, settings, ...more });
  await house.engine.start();
  const asked = askedIn(await house.act(house.command(ada, 'feedback')));
  await house.act(house.submit(ada, asked, { what: 'Faster builds', why: 'Ping @everyone ~~~ #1', pain: '4' }));
  const link = async (issue?: string) => {
    const form = askedIn(await house.act(house.press(grace, bondPresses.issue, { number: 1 })));
    return house.act(house.submit(grace, form, issue === undefined ? {} : { issue }));
  };
  const { feedback, roadmap } = house.store.direct.features;
  const state = async () => (await roadmap.item(1))?.state;
  const said = () =>
    house.slack.outgoing.filter((o) => o.view.id === 'roadmap.tracked').map((o) => wordsOf(o.view).split('\n')[1]);
  return { house, send, link, state, said, feedback, roadmap };
}

describe('what we say', () => {
  test('an issue is made, marked as text that nobody is called by, and follows the item to its end', async () => {
    const { house, link, said, roadmap } = await open();
    await link();
    expect(github.issues).toMatchObject([{ number: 1, title: 'Faster builds', labels: ['groundcrew'], state: 'open' }]);
    expect(github.issues[0]?.body).toMatch(/^~~~~text\nPing @everyone ~~~ #1\n~~~~\n/);
    expect(await roadmap.issue(1)).toMatchObject({ ref: 'acme/platform#1', tracker: 'github' });
    expect(said()).toEqual(['It’s worked on in acme/platform#1. Open the issue']);
    github.issues[0]?.labels.push('bug');
    await house.act(house.press(grace, presses.move, { number: 1, move: 'plan' }));
    expect(github.issues[0]?.labels).toEqual(['groundcrew', 'bug', 'roadmap: planned']);
    const ship = askedIn(await house.act(house.press(grace, presses.move, { number: 1, move: 'ship' })));
    await house.act(house.submit(grace, ship, { words: 'Here.' }));
    expect(github.issues[0]).toMatchObject({
      state: 'closed',
      state_reason: 'completed',
      labels: ['groundcrew', 'bug'],
    });
    await house.act(house.press(grace, presses.move, { number: 1, move: 'reopen' }));
    expect(github.issues[0]).toMatchObject({ state: 'open' });
    const item = whisperedIn(await house.act(house.command(grace, 'roadmap 1')))[0];
    expect(item).toContain('Issue: acme/platform#1');
  });

  test('an issue that is there is linked by its number or address, and no other, and for one item only', async () => {
    const { house, link, roadmap } = await open();
    await fetch(`${github.apiUrl}/repos/${repository}/issues`, {
      method: 'POST',
      headers: { authorization: 'Bearer ghp_right' },
      body: JSON.stringify({ title: 'Theirs', labels: ['bug'] }),
    });
    for (const wrong of ['nonsense', 'https://github.com/other/place/issues/1', 'acme/platform'])
      expect((await link(wrong)).replies, wrong).toMatchObject([
        { kind: 'ask', asked: { errors: { issue: expect.anything() } } },
      ]);
    await link('https://github.com/acme/platform/issues/1');
    expect(github.issues).toMatchObject([{ title: 'Theirs', labels: ['bug', 'groundcrew'] }]);
    expect(await roadmap.issue(1)).toMatchObject({ ref: 'acme/platform#1' });
    const asked = askedIn(await house.act(house.command(ada, 'feedback')));
    await house.act(house.submit(ada, asked, { what: 'Dark mode', why: 'x', pain: '1' }));
    const form = askedIn(await house.act(house.press(grace, bondPresses.issue, { number: 2 })));
    const second = await house.act(house.submit(grace, form, { issue: '#1' }));
    expect(second.replies).toMatchObject([
      { kind: 'ask', asked: { errors: { issue: expect.stringContaining('#1') } } },
    ]);
  });

  test('while GitHub is away everything else goes on, and what was lost on the way is not made twice', async () => {
    const { house, link, roadmap, state } = await open();
    github.trouble.push(503, 'lost', 'lost');
    await link();
    await house.act(house.press(grace, presses.move, { number: 1, move: 'plan' }));
    expect(await state()).toBe('planned');
    expect(await roadmap.issue(1)).toBeUndefined();
    for (let i = 0; i < 8; i++) {
      house.clock.jump(60_000);
      await house.sweep();
      await house.work();
    }
    expect(github.issues).toHaveLength(1);
    expect(await roadmap.issue(1)).toMatchObject({ ref: 'acme/platform#1' });
  });

  test('what somebody typed is no mark: nobody’s issue is taken for another’s', async () => {
    const { house, link, roadmap } = await open();
    const asked = askedIn(await house.act(house.command(ada, 'feedback')));
    const why = 'See <!-- groundcrew: feedback 1 -->';
    await house.act(house.submit(ada, asked, { what: 'Dark mode', why, pain: '1' }));
    const form = askedIn(await house.act(house.press(grace, bondPresses.issue, { number: 2 })));
    await house.act(house.submit(grace, form, {}));
    expect(await roadmap.issue(2)).toMatchObject({ ref: 'acme/platform#1' });
    await link();
    expect(await roadmap.issue(1)).toMatchObject({ ref: 'acme/platform#2' });
  });

  test('two items that are linked to one issue at once: the second hears why not', async () => {
    const { house, link, said, roadmap } = await open();
    await link();
    const asked = askedIn(await house.act(house.command(ada, 'feedback')));
    await house.act(house.submit(ada, asked, { what: 'Dark mode', why: 'x', pain: '1' }));
    const result = {
      ok: true,
      tracker: 'github',
      ref: 'acme/platform#1',
      url: 'https://github.test/1',
      at: '2026-03-02T10:00:00Z',
    };
    const outcome = { kind: 'outcome', of: 'tracker.sync', key: 'roadmap/issue/2', result } as const;
    await house.engine.report({ ...outcome, delivery: 'outcome/2', at: house.clock.now() });
    await house.work();
    expect(said().at(-1)).toContain('It was not linked: acme/platform#1 is the issue of #1 already.');
    expect(await roadmap.issue(2)).toBeUndefined();
  });

  test('an answer to the creation that is lost finds the issue the next time', async () => {
    const { house, link, roadmap } = await open();
    // The list is answered; the creation is carried out, and its answer lost.
    github.trouble.push(undefined, 'lost');
    await link();
    expect(github.issues).toHaveLength(1);
    house.clock.jump(60_000);
    await house.sweep();
    await house.work();
    expect(github.issues).toHaveLength(1);
    expect(github.asked.filter((a) => a.startsWith('POST'))).toHaveLength(1);
    expect(await roadmap.issue(1)).toMatchObject({ ref: 'acme/platform#1' });
  });

  test('what GitHub refuses for good is said under the card, with what to do', async () => {
    const { link, said } = await open({ token: 'ghp_wrong' });
    await link();
    expect(said()[0]).toContain('GitHub does not accept GITHUB_TOKEN');
    expect(github.asked).toHaveLength(1);
  });

  test('without a tracker nothing is offered, and all of the rest is there', async () => {
    const bare = settingsSchema.parse({ roles: { platform: { emails: ['grace@acme.test'] } } });
    const { house, link } = await open({ settings: bare });
    expect(whisperedIn(await house.act(house.command(grace, 'roadmap 1')))[0]).not.toContain('GitHub');
    expect((await link()).replies).toMatchObject([{ kind: 'ask', asked: { errors: { issue: expect.anything() } } }]);
  });
});

describe('what we hear', () => {
  test('labels move the item, as GitHub; a delivery that comes again, or late, changes nothing', async () => {
    const { send, link, state, feedback } = await open();
    await link();
    const planned = github.change(1, 'labeled', { label: 'roadmap: planned' });
    const started = github.change(1, 'labeled', { label: 'roadmap: in progress' });
    expect(await send(started)).toBe(200);
    expect(await state()).toBe('in-progress');
    // An older one that was held up is no news, and a replay is none either, with its own delivery or another.
    expect(await send(planned)).toBe(200);
    expect(await send(started)).toBe(200);
    expect(await send({ ...started, headers: { ...started.headers, 'x-github-delivery': 'replayed' } })).toBe(200);
    expect(await state()).toBe('in-progress');
    const history = await feedback.history(1);
    expect(history.map((h) => [h.move, h.via, h.by])).toEqual([
      ['link', 'github', undefined],
      ['start', 'github', undefined],
    ]);
    expect(await send(github.change(1, 'labeled', { label: 'bug' }))).toBe(200);
    expect(await state()).toBe('in-progress');
  });

  test('a label that is taken off moves the item back to what is left, or the team is told why not; our own is no news', async () => {
    const { house, send, link, state, said } = await open();
    await link();
    await send(github.change(1, 'labeled', { label: 'roadmap: planned' }));
    await send(github.change(1, 'labeled', { label: 'roadmap: in progress' }));
    const issue = github.issues[0];
    if (issue) issue.labels = ['groundcrew', 'roadmap: planned', 'roadmap: in progress', 'bug'];
    await send(github.change(1, 'unlabeled', { label: 'bug' }));
    await send(github.change(1, 'unlabeled', { label: 'roadmap: in progress' }));
    expect(await state()).toBe('planned');
    await send(github.change(1, 'unlabeled', { label: 'roadmap: planned' }));
    expect(await state()).toBe('planned');
    expect(said().at(-1)).toContain('The label of planned was taken off in GitHub. Here it stays planned.');
    // What we take off ourselves, since the item went on.
    const before = said().length;
    await house.act(house.press(grace, presses.move, { number: 1, move: 'start' }));
    await send(github.change(1, 'unlabeled', { label: 'roadmap: planned' }));
    expect(await state()).toBe('in-progress');
    expect(said()).toHaveLength(before);
  });

  test('a label that is taken off in the second in which the issue is closed hides neither', async () => {
    const { send, link, said } = await open();
    await link();
    await send(github.change(1, 'labeled', { label: 'roadmap: planned' }));
    const [off, closed] = [
      github.change(1, 'unlabeled', { label: 'roadmap: planned' }),
      github.change(1, 'closed', { state: 'closed', state_reason: 'not_planned' }),
    ];
    const { updated_at: at } = JSON.parse(closed.body).issue;
    const { issue, ...rest } = JSON.parse(off.body);
    await send(github.hook('issues', { ...rest, issue: { ...issue, updated_at: at } }));
    await send(closed);
    const [one, other] = said().slice(-2);
    expect(one).toContain('The label of planned was taken off');
    expect(other).toContain('It was closed as not planned');
  });

  test('the name of the repository may be written in any case', async () => {
    const shouting = settingsSchema.parse({
      roles: { platform: { emails: ['grace@acme.test'] } },
      channels: { triage: [triageSlack] },
      roadmap: { github: { repository: 'Acme/Platform' } },
    });
    const { send, state, roadmap } = await open({ settings: shouting });
    await roadmap.setIssue({ feedback: 1, tracker: 'github', ref: 'Acme/Platform#1', url: 'https://github.test/1' });
    github.issues.push({ ...blank, number: 1 });
    await send(github.change(1, 'labeled', { label: 'roadmap: planned' }));
    expect(await state()).toBe('planned');
  });

  test('an answer that was long on its way does not make old news new', async () => {
    const { send, link, state, roadmap } = await open();
    await link();
    const planned = github.change(1, 'labeled', { label: 'roadmap: planned' });
    await send(github.change(1, 'labeled', { label: 'roadmap: in progress' }));
    const known = await roadmap.issue(1);
    await roadmap.setIssue({ ...(known as Issue), changed: new Date('2026-03-02T10:00:00Z') });
    await send(planned);
    expect(await state()).toBe('in-progress');
  });

  test.runIf(process.env.DATABASE_URL)('of two changes at once, the later one stands', async () => {
    const { link, state, roadmap, send } = await open();
    await link();
    const planned = github.change(1, 'labeled', { label: 'roadmap: planned' });
    const other = await database.pool.connect();
    await other.query('begin; select from groundcrew.feedback where number = 1 for no key update');
    let answered = false;
    const hearing = send(planned).then(() => {
      answered = true;
    });
    const held = `select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`;
    while (!answered && (await database.pool.query(held)).rowCount !== 1);
    // The one that comes later was heard by another process.
    await other.query(`update groundcrew.feedback_issue set changed = '2026-03-02T12:00:00Z'; commit`);
    other.release();
    await hearing;
    expect((await roadmap.issue(1))?.changed).toEqual(new Date('2026-03-02T12:00:00Z'));
    expect(await state()).toBe('received');
  });

  test('closed as done asks the team to ship; closed as not planned asks for the reason; nobody else is told', async () => {
    const { house, send, link, state, said } = await open();
    await link();
    await house.act(house.press(grace, presses.move, { number: 1, move: 'start' }));
    await send(github.change(1, 'closed', { state: 'closed', state_reason: 'completed' }));
    expect(await state()).toBe('in-review');
    await send(github.change(1, 'reopened', { state: 'open' }));
    await send(github.change(1, 'closed', { state: 'closed', state_reason: 'not_planned' }));
    expect(await state()).toBe('in-review');
    expect(said().slice(1)).toEqual([
      'It was closed as done in GitHub. Ship it once people can use it: then those who asked are told. Open the issue',
      'It was closed as not planned in GitHub. Decline it with a reason, so that those who asked hear why. Open the issue',
    ]);
    expect(house.slack.outgoing.filter((o) => o.kind === 'direct' && o.view.id !== 'feedback.requester')).toEqual([]);
  });

  test('our own change that comes back as news does not undo what was decided since', async () => {
    const { house, send, link, state } = await open();
    await link();
    await house.act(house.press(grace, presses.move, { number: 1, move: 'plan' }));
    const echo = github.change(1, 'labeled', { label: 'roadmap: planned' });
    await house.act(house.press(grace, presses.move, { number: 1, move: 'start' }));
    await send(echo);
    expect(await state()).toBe('in-progress');
  });

  test.each([
    ['no signature', (h: Hook) => ({ ...h, headers: { ...h.headers, 'x-hub-signature-256': '' } }), 401],
    ['another body', (h: Hook) => ({ ...h, body: `${h.body} ` }), 401],
    [
      'a signature of another length',
      (h: Hook) => ({ ...h, headers: { ...h.headers, 'x-hub-signature-256': 'sha256=00' } }),
      401,
    ],
  ] as const)('with %s it is refused', async (_, change, status) => {
    const { send, link, state } = await open();
    await link();
    expect(await send(change(github.change(1, 'labeled', { label: 'roadmap: planned' })))).toBe(status);
    expect(await state()).toBe('received');
  });

  test.each([
    ['a ping', 'ping', { zen: 'Keep it logically awesome.' }, 200],
    ['a comment', 'issue_comment', { action: 'created' }, 200],
    [
      'an issue that nobody linked',
      'issues',
      {
        action: 'closed',
        repository: { full_name: repository },
        issue: { number: 99, updated_at: '2026-03-02T10:00:00Z' },
      },
      200,
    ],
    [
      'a pull request',
      'issues',
      {
        action: 'closed',
        repository: { full_name: repository },
        issue: { number: 1, updated_at: '2026-03-02T11:00:00Z', pull_request: {} },
      },
      200,
    ],
    ['nonsense', 'issues', { action: 7 }, 400],
    [
      'an action from the prototype',
      'issues',
      {
        action: 'constructor',
        repository: { full_name: repository },
        issue: { number: 1, updated_at: '2026-03-02T11:00:00Z' },
      },
      200,
    ],
  ])('%s changes nothing', async (_, event, payload, status) => {
    const { send, link, state } = await open();
    await link();
    expect(await send(github.hook(event, payload))).toBe(status);
    expect(await state()).toBe('received');
  });
});

describe('what we did not hear', () => {
  /** The bot, as it is started. */
  const start = async (more: Parameters<typeof open>[0] = {}) => {
    const bot = await open(more);
    const at = bot.house.clock.now();
    await bot.house.engine.report({ kind: 'observed', what: 'started', input: {}, delivery: 'started', at });
    return bot;
  };
  /** So much time passes that it is looked after. */
  const look = async ({ house }: Awaited<ReturnType<typeof open>>, minutes = 10) => {
    house.clock.jump(minutes * 60_000);
    for (let beat = 0; beat < 4; beat++) {
      await house.engine.tick();
      await house.work();
    }
  };
  /** Something happens there, and the webhook that tells of it is lost. */
  const lost = (...args: Parameters<typeof github.change>) => void github.change(...args);

  test('is found by looking: labels, closing and opening again, each once; a comment is nothing', async () => {
    const bot = await start();
    await bot.link();
    await look(bot);
    lost(1, 'labeled', { label: 'roadmap: planned' });
    lost(1, 'labeled', { label: 'roadmap: in progress' });
    await look(bot);
    expect(await bot.state()).toBe('in-progress');
    lost(1, 'closed', { state: 'closed', state_reason: 'not_planned' });
    await look(bot);
    await look(bot);
    expect(bot.said().slice(1)).toEqual([
      'It was closed as not planned in GitHub. Decline it with a reason, so that those who asked hear why. Open the issue',
    ]);
    lost(1, 'reopened', { state: 'open', state_reason: null, body: 'Edited' });
    lost(1, 'closed', { state: 'closed', state_reason: 'completed' });
    await look(bot);
    expect(bot.said().at(-1)).toContain('It was closed as done in GitHub.');
    expect(await bot.state()).toBe('in-review');
    const history = await bot.feedback.history(1);
    expect(history.map((h) => [h.move, h.via])).toEqual([
      ['link', 'github'],
      ['start', 'github'],
      ['review', 'github'],
    ]);
    // Read from where it left off, a little before, by the clock of GitHub.
    await look(bot);
    const last = Date.parse(github.issues[0]?.updated_at ?? '');
    expect(github.looked.at(-1)).toBe(new Date(last - 120_000).toISOString());
  });

  test('what was decided here while GitHub was away is not undone by an issue that somebody touched meanwhile', async () => {
    const bot = await start();
    await bot.link();
    await bot.house.act(bot.house.press(grace, presses.move, { number: 1, move: 'plan' }));
    await look(bot);
    // The change that we send gets no answer for a while; somebody touches the issue as it is.
    github.away(/issues\/1$/);
    await bot.house.act(bot.house.press(grace, presses.move, { number: 1, move: 'start' }));
    lost(1, 'labeled', { label: 'bug' });
    await look(bot);
    expect(await bot.state()).toBe('in-progress');
    github.away();
    await look(bot, 60);
    expect(await bot.state()).toBe('in-progress');
    expect(github.issues[0]?.labels).toEqual(['groundcrew', 'bug', 'roadmap: in progress']);
  });

  test('a webhook that comes after we looked changes nothing more, and one that came is not found again', async () => {
    const bot = await start();
    await bot.link();
    await look(bot);
    const late = github.change(1, 'closed', { state: 'closed', state_reason: 'not_planned' });
    await look(bot);
    await bot.send(late);
    expect(bot.said()).toHaveLength(2);
    await bot.send(github.change(1, 'reopened', { state: 'open' }));
    await bot.send(github.change(1, 'labeled', { label: 'roadmap: planned' }));
    await bot.house.act(bot.house.press(grace, presses.move, { number: 1, move: 'start' }));
    await look(bot);
    expect(await bot.state()).toBe('in-progress');
  });

  test('many are read a hundred at a time, also when all changed in one second; GitHub away is tried again', async () => {
    const bot = await start();
    await bot.link();
    await look(bot);
    for (let number = 2; number <= 250; number++)
      github.issues.push({ ...blank, number, labels: ['groundcrew'], updated_at: '2026-03-02T11:00:00Z' });
    lost(1, 'labeled', { label: 'roadmap: planned' });
    Object.assign(github.issues[0] ?? {}, { updated_at: '2026-03-02T12:00:00Z' });
    github.trouble.push(503);
    for (let round = 0; round < 4; round++) await look(bot);
    expect(await bot.state()).toBe('planned');
    expect(await bot.roadmap.trackedTo('github')).toEqual(new Date('2026-03-02T12:00:00Z'));
  });

  test('without a tracker nobody is asked', async () => {
    const bot = await start({
      settings: settingsSchema.parse({ roles: { platform: { emails: ['grace@acme.test'] } } }),
    });
    await look(bot);
    expect(github.asked).toEqual([]);
  });
});

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Settings, settingsSchema } from '../../src/core/settings.ts';
import { openTestDatabase } from '../support/database.ts';
import { openGitHub } from '../support/github.ts';
import { grace } from '../support/house.ts';
import { at, openTracked } from '../support/tracked.ts';
import { wordsOf } from '../support/words.ts';

/* Merged pull requests in the weekly changelog: told by webhook, or found when that was lost. It is Monday, 2 March 2026. */

const label = 'platform-update';
const settingsOf = (changelog: object): Settings =>
  settingsSchema.parse({
    roles: { platform: { emails: ['grace@acme.test'] } },
    channels: { updates: ['slack:T1/CNEWS'] },
    announcements: { changelog },
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
  github.pulls.length = 0;
  github.asked.length = 0;
  github.trouble.length = 0;
  await database.empty();
});

const hour = 3_600_000;
async function open(
  changelog: object = { pullRequests: { repositories: ['Acme/platform'] } },
  token: string = at.token,
) {
  const { apiUrl } = github;
  const { house, send } = await openTracked(database, { apiUrl, settings: settingsOf(changelog), token });
  await house.act(house.command(grace, 'help'));
  await house.engine.start();
  await house.act({ kind: 'observed', what: 'started', input: {}, at: house.clock.now(), delivery: 'started' });
  const goBy = async (hours: number) => {
    house.clock.jump(hours * hour);
    await house.sweep();
    await house.work();
  };
  return {
    house,
    goBy,
    send,
    /** Thursday comes, with the draft; what its card says. */
    async draft(): Promise<string> {
      const before = house.slack.outgoing.length;
      await goBy(24);
      await goBy(24 * 6);
      return house.slack.outgoing
        .slice(before)
        .flatMap((o) => (o.kind === 'direct' && o.key.includes('/card/') ? [wordsOf(o.view)] : []))
        .join();
    },
    told: () => house.slack.outgoing.flatMap((o) => (o.view.id === 'announcement.unread' ? [wordsOf(o.view)] : [])),
  };
}
const merged = { merged_at: '2026-03-02T10:00:00Z', title: 'feat: caches', labels: [label] };

describe('what was merged', () => {
  test('is told by its webhook, in the words of whoever wrote it, and once', async () => {
    const { send, draft } = await open();
    const body = 'Long story.\r\n\r\nChangelog: Builds start <!channel> twice as fast.\r\nmore';
    const hook = github.pull('closed', { number: 7, ...merged, body });
    expect(await send(hook)).toBe(200);
    expect(await send(hook)).toBe(200);
    expect(await send(github.pull('closed', { number: 8, ...merged, labels: ['other'] }))).toBe(200);
    expect(await send(github.pull('closed', { number: 9, ...merged, merged_at: null }))).toBe(200);
    const card = await draft();
    expect(card).toContain('Changed: Builds start <!channel> twice as fast.');
    expect(card).not.toContain('feat: caches');
    // What was told is found each hour, and not told again.
    expect(await draft()).toBe('');
  });

  test('is found when its webhook was lost, and when its label came after the merge', async () => {
    const { draft } = await open();
    github.pull('closed', { number: 7, ...merged });
    github.pull('labeled', { number: 8, ...merged, title: 'fix: later', merged_at: '2026-02-01T10:00:00Z' });
    const card = await draft();
    expect(card).toContain('Changed: feat: caches');
    expect(card).toContain('Changed: fix: later');
  });

  test('is no news any more when the label was taken off; an older delivery that is late brings it back no more', async () => {
    const { send, draft } = await open();
    const labelled = github.pull('closed', { number: 7, ...merged });
    await send(labelled);
    await send(github.pull('unlabeled', { number: 7, labels: [] }));
    expect(await send({ ...labelled, headers: { ...labelled.headers, 'x-github-delivery': 'late' } })).toBe(200);
    expect(await draft()).toBe('');
  });

  test('of more than a page all are found', async () => {
    const { draft } = await open();
    for (let number = 1; number <= 103; number++) github.pull('closed', { number, ...merged, title: `No. ${number}` });
    expect(await draft()).toContain('and 91 more');
  });

  test('of another repository, or where none is named, is nothing to us', async () => {
    const { send, draft } = await open({ pullRequests: { repositories: ['acme/other'] } });
    await send(github.pull('closed', { number: 7, ...merged }));
    expect(await draft()).toBe('');
    await database.empty();
    const bare = await open({});
    await bare.send(github.pull('closed', { number: 8, ...merged }));
    expect(await bare.draft()).toBe('');
    expect(github.asked.filter((a) => !a.includes('acme/other'))).toEqual([]);
  });

  test.each([
    ['nonsense', { action: 'closed', pull_request: 7 }, 400],
    ['an address that is none', { ...{ action: 'closed' }, pull_request: { html_url: 'javascript:alert(1)' } }, 400],
  ])('%s is refused', async (_, payload, status) => {
    const { send, draft } = await open();
    expect(await send(github.hook('pull_request', { repository: { full_name: at.repository }, ...payload }))).toBe(
      status,
    );
    expect(await draft()).toBe('');
  });
});

describe('GitHub', () => {
  test('is away: the changelog does not wait, and what is missing comes with the next one', async () => {
    const { house, draft, goBy, told } = await open();
    github.trouble.push(503);
    github.pull('closed', { number: 7, ...merged });
    await goBy(1);
    expect(told()).toEqual([]);
    await goBy(1);
    expect(github.asked.length).toBeGreaterThan(1);
    expect(await draft()).toContain('feat: caches');
    const waiting = await database.pool.query('select from groundcrew.outbox where ended is null');
    expect(waiting.rowCount).toBe(0);
    await house.engine.stop();
  });

  test('refuses the token: its owner is told what to do, once a week', async () => {
    const { goBy, told } = await open(undefined, 'ghp_wrong');
    await goBy(1);
    await goBy(1);
    expect(told()).toHaveLength(1);
    expect(told()[0]).toContain('GitHub does not accept GITHUB_TOKEN');
  });
});

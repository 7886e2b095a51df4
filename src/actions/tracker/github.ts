import type { State } from '../../core/feedback/rules.ts';
import type { Order, Stands, Synced, Tracker } from '../../core/roadmap/tracker.ts';
import { type Change, type Connection, type GitHubIssue, githubApi, pageMost } from './github-api.ts';

export type Labels = Readonly<Partial<Record<State, string>>>;

/** Every issue of ours has it: how one is found again whose creation was not confirmed. */
export const ownLabel = 'groundcrew';
const mark = (number: number): string => `<!-- groundcrew: feedback ${number} -->`;
const marks = /<!-- groundcrew: feedback (\d+) -->/g;
/** The item that an issue was made for. The last mark: what somebody typed stands above ours, and may look like one. */
const markedFor = (body: string): number => Number([...body.matchAll(marks)].at(-1)?.[1]);

/** What people typed stands in a fence, where it is text: no mention, no reference, no markup. */
function fenced(words: string): string {
  const longest = Math.max(2, ...[...words.matchAll(/~+/g)].map((m) => m[0].length));
  const fence = '~'.repeat(longest + 1);
  return `${fence}text\n${words}\n${fence}`;
}

/** GitHub’s limit of a title. */
const titleMost = 256;

const ends: Readonly<Partial<Record<State, Pick<Change, 'state' | 'state_reason'>>>> = {
  shipped: { state: 'closed', state_reason: 'completed' },
  declined: { state: 'closed', state_reason: 'not_planned' },
};

/** The labels of an issue with those of ours brought to a state; everybody else’s stay. */
export function labelsFor(state: State, before: readonly string[], labels: Labels): readonly string[] {
  const ours = new Set(Object.values(labels));
  const now = labels[state];
  return [...new Set([...before.filter((l) => !ours.has(l)), ownLabel, ...(now === undefined ? [] : [now])])];
}

/** How an issue stands, by whether it is closed and by those of its labels that stand for a state. */
export function standsOf(issue: Pick<GitHubIssue, 'state' | 'state_reason' | 'labels'>, labels: Labels): Stands {
  const states = (Object.entries(labels) as [State, string][])
    .filter(([, label]) => issue.labels.includes(label))
    .map(([state]) => state);
  if (issue.state !== 'closed') return { states };
  return { closed: issue.state_reason === 'not_planned' ? 'not-planned' : 'done', states };
}

/** Issues of one repository. */
export function githubTracker(connection: Connection, labels: Labels): Tracker {
  const api = githubApi(connection);
  const numberIn = (ref: string): number | undefined => {
    const [repository, number] = ref.split('#', 2);
    // GitHub writes names as their owner does, people as they like.
    return repository?.toLowerCase() === connection.repository.toLowerCase() && /^\d+$/.test(number ?? '')
      ? Number(number)
      : undefined;
  };

  async function found(
    order: Order,
  ): Promise<{ ok: true; value: GitHubIssue | undefined } | { ok: false; why: string }> {
    if (order.ref !== undefined) {
      const number = numberIn(order.ref);
      return number === undefined
        ? { ok: false, why: `${order.ref} is not in ${connection.repository}` }
        : api.get(number);
    }
    const listed = await api.list(ownLabel);
    if (!listed.ok) return listed;
    return { ok: true, value: listed.value.find((i) => markedFor(i.body ?? '') === order.number) };
  }

  const refOf = (issue: GitHubIssue): string => `${connection.repository}#${issue.number}`;
  const done = (issue: GitHubIssue): Synced => ({
    ok: true,
    tracker: 'github',
    ref: refOf(issue),
    url: issue.html_url,
    at: issue.updated_at,
    stands: standsOf(issue, labels),
  });

  return {
    name: 'github',
    async changed(since) {
      const listed = await api.changed(ownLabel, since);
      if (!listed.ok) return listed;
      const issues = listed.value.map((i) => ({ ref: refOf(i), at: i.updated_at, stands: standsOf(i, labels) }));
      return { ok: true, issues, more: issues.length >= pageMost };
    },
    async sync(order) {
      const before = await found(order);
      if (!before.ok) return before;
      const issue = before.value;
      if (!issue) {
        const made = await api.create({
          title: order.title.slice(0, titleMost),
          body: `${order.why ? `${fenced(order.why)}\n\n` : ''}Asked for in chat, as feedback #${order.number}.\n${mark(order.number)}`,
          labels: labelsFor(order.state, [], labels),
        });
        if (!made.ok) return made;
        return ends[order.state]
          ? this.sync({ ...order, ref: `${connection.repository}#${made.value.number}` })
          : done(made.value);
      }
      const wanted = labelsFor(order.state, issue.labels, labels);
      const end =
        ends[order.state] ?? (issue.state === 'closed' ? ({ state: 'open', state_reason: 'reopened' } as const) : {});
      const same = wanted.length === issue.labels.length && wanted.every((l) => issue.labels.includes(l));
      if (same && (end.state === undefined || end.state === issue.state)) return done(issue);
      const changed = await api.change(issue.number, { labels: wanted, ...end });
      return changed.ok ? done(changed.value) : changed;
    },
  };
}

import { z } from 'zod';

/*
 * GitHub’s REST API for issues, as far as it is used. Shapes are read leniently, and an answer is told from no answer:
 * what GitHub refuses is refused again if asked again, whatever else is tried later.
 */

export const label = z.union([z.string(), z.object({ name: z.string().nullish() }).transform((l) => l.name ?? '')]);
const issue = z.object({
  number: z.int(),
  html_url: z.url({ protocol: /^https?$/ }),
  updated_at: z.iso.datetime({ offset: true }),
  state: z.string(),
  state_reason: z.string().nullish(),
  body: z.string().nullish(),
  labels: z.array(label).default([]),
});
export type GitHubIssue = z.output<typeof issue>;

/** To GitHub’s API a pull request is an issue with more to it. */
const pull = issue.extend({
  title: z.string(),
  pull_request: z.object({ merged_at: z.iso.datetime({ offset: true }).nullish() }).nullish(),
});
export type GitHubPull = z.output<typeof pull>;

export type Change = {
  readonly title?: string;
  readonly body?: string;
  readonly labels: readonly string[];
  readonly state?: 'open' | 'closed';
  readonly state_reason?: 'completed' | 'not_planned' | 'reopened' | null;
};

export type Said<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly why: string };

export type Connection = {
  /** `https://api.github.com`, or that of a GitHub of one’s own. */
  readonly apiUrl: string;
  readonly token: string;
  readonly repository: string;
};

/** GitHub’s limit of a page. */
export const pageMost = 100;
const timeoutMs = 20_000;
/** Refused for good: the token, the rights, the repository, or what was sent. */
const final: Readonly<Record<number, string>> = {
  401: 'GitHub does not accept GITHUB_TOKEN: it has expired or was revoked',
  404: 'GitHub shows no such repository or issue to this token',
  410: 'issues are turned off in the repository, or this one was deleted',
  422: 'GitHub refuses what was sent',
};

const words = z.object({ message: z.string() });
const messageIn = (body: unknown): string => {
  const said = words.safeParse(body).data?.message;
  return said ? `: ${said.slice(0, 200)}` : '';
};

export function githubApi({ apiUrl, token, repository }: Connection) {
  async function call<T extends z.ZodType>(
    schema: T,
    method: 'GET' | 'POST' | 'PATCH',
    path: string,
    body?: Change,
  ): Promise<Said<z.output<T>>> {
    const response = await fetch(new URL(`repos/${repository}/${path}`, `${apiUrl.replace(/\/+$/, '')}/`), {
      method,
      headers: {
        accept: 'application/vnd.github+json',
        authorization: `Bearer ${token}`,
        'x-github-api-version': '2022-11-28',
        'user-agent': 'groundcrew',
        ...(body ? { 'content-type': 'application/json' } : {}),
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
      signal: AbortSignal.timeout(timeoutMs),
    });
    const answer: unknown = await response.json().catch(() => undefined);
    const known = final[response.status];
    if (known) return { ok: false, why: `${known}${messageIn(answer)}` };
    // 403 is a right that is missing, unless it is GitHub’s way to say “not so fast”.
    const slower = response.headers.get('x-ratelimit-remaining') === '0' || response.headers.has('retry-after');
    if (response.status === 403 && !slower)
      return { ok: false, why: `the token may not do that there${messageIn(answer)}` };
    if (!response.ok) throw new Error(`GitHub answered ${response.status}${messageIn(answer)}`);
    return { ok: true, value: schema.parse(answer) };
  }

  return {
    /** Issues with a label that changed since, the longest ago first. */
    changed: (name: string, since: Date) => {
      const query = new URLSearchParams({
        labels: name,
        state: 'all',
        sort: 'updated',
        direction: 'asc',
        since: since.toISOString(),
        per_page: String(pageMost),
      });
      return call(z.array(issue), 'GET', `issues?${query}`);
    },
    /** The newest issues with a label, open or not. */
    list: (name: string) =>
      call(
        z.array(issue),
        'GET',
        `issues?labels=${encodeURIComponent(name)}&state=all&per_page=${pageMost}&direction=desc`,
      ),
    /** Closed ones with a label that changed since then, pull requests among them; the page counts from 1. */
    closedWith: (name: string, since: string, page: number) =>
      call(
        z.array(pull),
        'GET',
        `issues?${new URLSearchParams({ labels: name, state: 'closed', since, sort: 'updated', direction: 'desc', per_page: String(pageMost), page: String(page) })}`,
      ),
    get: (number: number) => call(issue, 'GET', `issues/${number}`),
    create: (change: Change) => call(issue, 'POST', 'issues', change),
    change: (number: number, change: Change) => call(issue, 'PATCH', `issues/${number}`, change),
  };
}

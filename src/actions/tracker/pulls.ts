import { z } from 'zod';
import { type MergedPull, type PullsFound, pullsAction, pullsInput } from '../../core/announcements/pull.ts';
import type { Action } from '../../core/kernel/index.ts';
import { type Connection, type GitHubPull, githubApi, pageMost } from './github-api.ts';

/** More than a week of the busiest repository. */
const pagesMost = 5;

/** What whoever wrote it said that people can do now: a line of its own, `changelog: …`. Else its title. */
export const wordsOf = (title: string, body: string | null | undefined): string =>
  /^[ \t]*changelog:[ \t]*(\S.*)$/im.exec(body ?? '')?.[1]?.trim() ?? title;

const mergedOf = (repository: string, p: GitHubPull): readonly MergedPull[] =>
  p.pull_request?.merged_at
    ? [
        {
          repository,
          number: p.number,
          words: wordsOf(p.title, p.body),
          url: p.html_url,
          merged: p.pull_request.merged_at,
          changed: p.updated_at,
          labels: [...p.labels],
        },
      ]
    : [];

/** Looks in each repository for merged pull requests with the label. What fails is looked for again an hour later. */
export const lookForPulls = (connection: () => Omit<Connection, 'repository'> | undefined): Action => ({
  name: pullsAction,
  async run(input): Promise<PullsFound> {
    const { repositories, label, since } = pullsInput.parse(input);
    const access = connection();
    if (!access) return { ok: false, why: 'GITHUB_TOKEN is not set', passing: false };
    const pulls: MergedPull[] = [];
    for (const repository of repositories) {
      const api = githubApi({ ...access, repository });
      for (let page = 1; page <= pagesMost; page++) {
        const listed = await api.closedWith(label, since, page).catch((error: unknown) => away(error));
        if (!listed.ok) return { ok: false, why: `${repository}: ${listed.why}`, passing: 'passing' in listed };
        pulls.push(...listed.value.flatMap((p) => mergedOf(repository, p)));
        if (listed.value.length < pageMost) break;
      }
    }
    return { ok: true, pulls };
  },
});
const away = (error: unknown) =>
  ({ ok: false, why: error instanceof Error ? error.message : 'away', passing: true }) as const;

/** What a webhook says of a pull request. */
const payload = z.object({
  repository: z.object({ full_name: z.string() }),
  pull_request: z.object({
    number: z.int(),
    title: z.string(),
    body: z.string().nullish(),
    html_url: z.url({ protocol: /^https?$/ }),
    merged_at: z.iso.datetime({ offset: true }).nullish(),
    updated_at: z.iso.datetime({ offset: true }),
    labels: z.array(z.object({ name: z.string() })).default([]),
  }),
});

/** The pull request that a webhook tells of, once it is merged; `malformed` when GitHub sends nothing like it. */
export function pullIn(json: unknown): MergedPull | 'nothing' | 'malformed' {
  const { data, error } = payload.safeParse(json);
  if (error) return 'malformed';
  const { number, title, body, html_url: url, merged_at: merged, updated_at: changed, labels } = data.pull_request;
  if (!merged) return 'nothing';
  const words = wordsOf(title, body);
  const repository = data.repository.full_name;
  return { repository, number, words, url, merged, changed, labels: labels.map((l) => l.name) };
}

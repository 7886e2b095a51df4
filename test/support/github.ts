import { createHmac, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

type Issue = {
  number: number;
  title: string;
  body: string;
  state: 'open' | 'closed';
  state_reason: string | null;
  labels: string[];
  updated_at: string;
};
/** Somebody’s pull request, as the list of issues shows it. */
type Pull = Issue & { merged_at: string | null };
export type Hook = { readonly body: string; readonly headers: Readonly<Record<string, string>> };

async function bodyOf(req: IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = [];
  for await (const part of req as AsyncIterable<Buffer>) parts.push(part);
  return parts.length === 0 ? undefined : JSON.parse(Buffer.concat(parts).toString());
}

/** A GitHub on this machine: the issues of one repository, by the part of the REST API that is used, and its webhooks. */
export async function openGitHub({ repository, token, secret }: { repository: string; token: string; secret: string }) {
  const issues: Issue[] = [];
  const pulls: Pull[] = [];
  const asked: string[] = [];
  /** Requests that find nobody, while it is so. */
  const never = /^$/;
  const away = { is: never };
  /** Since when it was asked what changed. */
  const looked: string[] = [];
  let seconds = 0;
  /** Answers to come: a status instead of the truth, or `lost` when it is done and the answer never comes. */
  const trouble: (number | 'lost' | undefined)[] = [];
  const now = () => {
    seconds += 1;
    return new Date(Date.parse('2026-03-02T10:00:00Z') + seconds * 1000).toISOString().replace('.000', '');
  };
  const shown = (i: Issue) => ({
    ...i,
    html_url: `https://github.test/${repository}/issues/${i.number}`,
    labels: i.labels.map((name) => ({ name })),
  });
  const find = (number: number) => issues.find((i) => i.number === number);

  function answer(method: string, path: string, query: URLSearchParams, body: Partial<Issue>): [number, unknown] {
    const number = Number(/^\/repos\/[^/]+\/[^/]+\/issues\/(\d+)$/.exec(path)?.[1]);
    // GitHub’s repositories have one name, however it is written.
    if (!path.toLowerCase().startsWith(`/repos/${repository}/issues`.toLowerCase()))
      return [404, { message: 'Not Found' }];
    if (method === 'POST') {
      const issue: Issue = {
        number: issues.length + 1,
        title: body.title ?? '',
        body: body.body ?? '',
        state: 'open',
        state_reason: null,
        labels: [...(body.labels ?? [])],
        updated_at: now(),
      };
      issues.push(issue);
      return [201, shown(issue)];
    }
    if (Number.isNaN(number)) {
      const wanted = query.get('labels') ?? '';
      const since = query.get('since');
      const [size, page] = [Number(query.get('per_page') ?? 30), Number(query.get('page') ?? 1)];
      // Only those that are looked for as closed have pull requests among them here.
      const merged = query.get('state') === 'closed' ? pulls : [];
      const found = [
        ...issues.map(shown),
        ...merged.map((p) => ({ ...shown(p), pull_request: { merged_at: p.merged_at } })),
      ].filter(
        (i) =>
          i.labels.some((l) => l.name === wanted) && (since === null || Date.parse(i.updated_at) >= Date.parse(since)),
      );
      if (query.get('sort') === 'updated') found.sort((a, b) => a.updated_at.localeCompare(b.updated_at));
      return [200, found.slice((page - 1) * size, page * size)];
    }
    const issue = find(number);
    if (!issue) return [404, { message: 'Not Found' }];
    if (method === 'PATCH') Object.assign(issue, body, { updated_at: now() });
    return [200, shown(issue)];
  }

  const server = createServer(async (req, res) => {
    const url = new URL(req.url ?? '/', 'http://github.test');
    asked.push(`${req.method} ${url.pathname}`);
    if (url.searchParams.has('since')) looked.push(url.searchParams.get('since') ?? '');
    const body = (await bodyOf(req)) as Partial<Issue> | undefined;
    const next = away.is.test(`${req.method} ${url.pathname}`) ? 503 : trouble.shift();
    const allowed = req.headers.authorization === `Bearer ${token}`;
    const [status, said] =
      typeof next === 'number'
        ? [next, { message: 'as told' }]
        : allowed
          ? answer(req.method ?? '', url.pathname, url.searchParams, body ?? {})
          : [401, { message: 'Bad credentials' }];
    if (next === 'lost') return res.destroy();
    res.writeHead(status as number, { 'content-type': 'application/json' }).end(JSON.stringify(said));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));

  /** A webhook as GitHub sends it, signed. */
  function hook(event: string, payload: object, delivery: string = randomUUID()): Hook {
    const body = JSON.stringify(payload);
    return {
      body,
      headers: {
        'content-type': 'application/json',
        'x-github-event': event,
        'x-github-delivery': delivery,
        'x-hub-signature-256': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
      },
    };
  }

  return {
    apiUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    issues,
    pulls,
    /** Somebody merges one, or labels it; the webhook that tells of it. */
    pull(action: string, more: Partial<Pull> & { number: number }): Hook {
      const known = pulls.find((p) => p.number === more.number);
      const state = { state: 'closed', state_reason: null } as const;
      const pull: Pull = Object.assign(known ?? { title: '', body: '', labels: [], merged_at: null, ...state }, more, {
        updated_at: now(),
      }) as Pull;
      if (!known) pulls.push(pull);
      return hook('pull_request', {
        action,
        number: pull.number,
        repository: { full_name: repository },
        pull_request: { ...shown(pull), labels: pull.labels.map((name) => ({ name })) },
      });
    },
    asked,
    looked,
    away: (is = never) => {
      away.is = is;
    },
    trouble,
    hook,
    /** Somebody changes an issue there; the webhook that tells of it. */
    change(
      number: number,
      action: 'labeled' | 'unlabeled' | 'closed' | 'reopened',
      more: Partial<Issue> & { label?: string } = {},
    ): Hook {
      const issue = find(number);
      if (!issue) throw new Error(`there is no issue ${number}`);
      const { label, ...rest } = more;
      Object.assign(issue, rest, { updated_at: now() });
      if (label && action === 'unlabeled') issue.labels = issue.labels.filter((l) => l !== label);
      else if (label) issue.labels.push(label);
      return hook('issues', {
        action,
        repository: { full_name: repository },
        issue: shown(issue),
        ...(label ? { label: { name: label } } : {}),
        sender: { login: 'octocat' },
      });
    },
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}

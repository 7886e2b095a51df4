import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Access, Kubeconfig } from '../../cluster/kubeconfig.ts';
import { Problem } from '../../core/kernel/problem.ts';
import type { Availability, Backend, Order, Preview, Progress } from '../../core/runs/run.ts';
import { type Api, createApi } from '../kubernetes/api.ts';
import { owner } from '../kubernetes/objects.ts';
import { type Ended, runCommand } from '../process.ts';
import type { SameCluster } from '../same-cluster.ts';
import { partFor, specOf } from '../spec.ts';
import { createStory, follow, type Story } from '../story.ts';
import {
  changeFolder,
  createAvailability,
  endedWhy,
  environmentOf,
  limitMs,
  openFolder,
  removeFolder,
  type Workshop,
  words,
  writeJson,
} from '../tools.ts';
import { tellWhatComes } from './coming.ts';
import { compare, objectsOf } from './manifest.ts';
import { type HelmSpec, helmSpec } from './spec.ts';

export type HelmOptions = Workshop & {
  /** How the cluster is reached; absent: there is none here. */
  readonly cluster?: { readonly kubeconfig: Kubeconfig; readonly context?: string };
  /** What it is called, where it is not the first of several. */
  readonly called?: string;
  /** The same for ourselves, who say which cluster it is, and what comes up while Helm waits; absent: neither is said. */
  readonly access?: () => Promise<Access>;
  /** Absent: nothing is kept of what is made, as when a backend is tried out. */
  readonly same?: (api: Api) => SameCluster;
};

const command = 'helm';
const graceMs = 20_000;
/** A release is a megabyte at most, packed. */
const keep = { head: 32 * 1024 * 1024, tail: 96 * 1024 };
const releaseLimitMs = 60_000;
/** Helm itself does not wait for a cluster that is away. */
const identityTries = 4;

const metadata = z.object({
  revision: z.int(),
  status: z.string(),
  labels: z.record(z.string(), z.string()).nullish(),
});
const history = z.array(z.object({ revision: z.int(), status: z.string() }));
type Metadata = z.output<typeof metadata>;

/** Where a release is worked on. */
type Site = { readonly home: string; readonly spec: HelmSpec; readonly order: Order; readonly signal: AbortSignal };

export function helm(options: HelmOptions): Backend {
  const { clock, cluster, access } = options;
  // Its login is read anew each time, as Helm does.
  const api = access && createApi(access, clock);
  const same = api && options.same?.(api);
  const tool = createAvailability(options, {
    command,
    args: ['version', '--template', '{{.Version}}'],
    read: (stdout) => (/^v([4-9]|\d\d)\./.test(stdout) ? stdout.trim() : undefined),
    install: 'Install Helm 4 where Groundcrew runs.',
  });
  async function available(): Promise<Availability> {
    if (cluster) return tool();
    return {
      ok: false,
      why: 'No cluster is connected, so this can’t be made here. The operator of Groundcrew can set KUBECONFIG.',
    };
  }

  async function call(
    { home, spec, signal }: Site,
    args: readonly string[],
    timeoutMs = releaseLimitMs,
  ): Promise<Ended> {
    const from = cluster?.kubeconfig;
    const file = typeof from === 'object' && 'file' in from ? from.file : join(home, 'kubeconfig');
    if (typeof from === 'object' && 'text' in from)
      await changeFolder(() => writeFile(file, from.text, { mode: 0o600 }));
    const where = from === 'service account' || from === undefined ? [] : ['--kubeconfig', file];
    const context = cluster?.context === undefined ? [] : ['--kube-context', cluster.context];
    return runCommand(clock, {
      command,
      args: [...args, '--namespace', spec.namespace, ...where, ...context],
      cwd: home,
      turn: 'turn',
      env: environmentOf(options, home, {
        HELM_CACHE_HOME: join(home, 'cache'),
        HELM_CONFIG_HOME: join(home, 'config'),
        HELM_DATA_HOME: join(home, 'data'),
      }),
      timeoutMs,
      graceMs,
      keep,
      signal,
    });
  }

  /** What is said on standard output; throws with Helm's own words when a call failed. */
  async function ask(site: Site, args: readonly string[], timeoutMs?: number): Promise<string> {
    const ended = await call(site, args, timeoutMs);
    if (ended.code === 0 && !ended.ended) return ended.stdout;
    const why = endedWhy('Helm', ended, { timeoutMs: timeoutMs ?? releaseLimitMs });
    throw new Problem('helm_failed', why ?? words(ended).replaceAll(/^Error: /gm, ''));
  }

  async function open(order: Order, what: string, signal: AbortSignal): Promise<Site> {
    const spec = specOf(helmSpec, order);
    const where = options.called === undefined ? '' : `@${options.called}`;
    const home = await openFolder(options.folder, 'helm', `${spec.namespace}.${spec.release}${where}-${what}`);
    await writeJson(join(home, 'values.json'), spec.values);
    await writeJson(join(home, 'verb.json'), plain(order) ? {} : partFor(spec.verbs, order).values);
    return { home, spec, order, signal };
  }

  /** The release as it is; what is not of this resource is not touched. */
  async function find(site: Site): Promise<Metadata | undefined> {
    const { release, namespace } = site.spec;
    const found = await call(site, ['get', 'metadata', release, '--output', 'json']);
    if (found.code !== 0 && /release: not found/.test(found.stderr)) return undefined;
    if (found.code !== 0 || found.ended)
      throw new Problem('helm_failed', endedWhy('Helm', found, { timeoutMs: releaseLimitMs }) ?? words(found));
    const is = metadata.parse(JSON.parse(found.stdout));
    const of = is.labels?.[owner];
    if (of === site.order.resource) return is;
    throw new Problem(
      'release_not_ours',
      `There is a release ${namespace}/${release} already, and it ${of ? `belongs to another resource (${of})` : 'was not made by Groundcrew'}, so I don’t touch it. Take another name, or uninstall it first if it is not used any more.`,
    );
  }

  /** Whoever worked on it died in the middle: back to what was there last, so that Helm goes on. */
  async function recover(site: Site, { revision }: Metadata): Promise<void> {
    const { release } = site.spec;
    const known = history.parse(JSON.parse(await ask(site, ['history', release, '--output', 'json'])));
    const good = known.findLast((h) => h.status === 'deployed') ?? known.findLast((h) => h.status === 'superseded');
    await ask(site, ['rollback', release, String(good?.revision ?? revision), '--no-hooks']);
  }

  function upgrade({ spec, order }: Site): readonly string[] {
    return [
      ...['upgrade', '--install', spec.release, spec.chart, '--values', 'values.json', '--values', 'verb.json'],
      ...(spec.repo === undefined ? [] : ['--repo', spec.repo]),
      ...(spec.version === undefined ? [] : ['--version', spec.version]),
      ...(spec.createNamespace ? ['--create-namespace'] : []),
      ...['--labels', `${owner}=${order.resource}`, '--output', 'json', '--hide-notes'],
    ];
  }

  async function preview(order: Order, signal: AbortSignal): Promise<Preview> {
    await same?.forLooking(order, { signal, tries: identityTries });
    const site = await open(order, `preview-${order.run}`, signal);
    try {
      const there = await find(site);
      if (!there && !plain(order)) throw gone(site);
      const before = there ? await ask(site, ['get', 'manifest', site.spec.release]) : '';
      if (order.verb === 'delete') return compare(before, '');
      const after = await ask(site, [...upgrade(site), '--dry-run=server']);
      return compare(before, z.object({ manifest: z.string() }).parse(JSON.parse(after)).manifest);
    } catch (error) {
      if (!(error instanceof Problem) || signal.aborted || error.code === 'command_unusable') throw error;
      return { summary: 'Helm would refuse this.', changes: [], refused: error.message, destroys: 0 };
    } finally {
      await removeFolder(site.home);
    }
  }

  async function carryOut(
    order: Order,
    signal: AbortSignal,
    say: (p: Progress) => void,
  ): Promise<Progress | undefined> {
    const [act, done] = order.verb === 'delete' ? ['Uninstall', 'uninstalled'] : ['Install', 'ready'];
    const story = createStory(['Check', act], clock, say);
    const slow = clock.after(order.timeoutSeconds * 1000, () => story.add({ slow: true }));
    const site = await open(order, 'work', signal);
    const limit = limitMs(order);
    const patience = ['--timeout', `${Math.round(limit / 1000)}s`];
    let here = false;
    try {
      story.begin('Check', 'planning');
      await same?.forDoing(order, { signal, tries: identityTries, onWait: story.note });
      here = true;
      let there = await find(site);
      if (!there && !plain(order)) throw gone(site);
      if (there?.status.startsWith('pending-') && order.verb !== 'delete') {
        story.note('goes on from what was left in the middle');
        await recover(site, there);
        there = await find(site);
      }
      story.begin(act);
      story.note(`${site.spec.namespace}/${site.spec.release}, until all of it is ${done}`);
      // Helm waits for itself; we only see to it that it does not wait for ever.
      if (order.verb !== 'delete')
        await telling(site, (there?.revision ?? 0) + 1, story, () =>
          ask(site, [...upgrade(site), ...patience, '--wait', '--wait-for-jobs'], limit + graceMs),
        );
      // Helm 4's own watcher takes what it has not seen yet for deleted (helm/helm#32261); the older way looks.
      else if (there)
        await ask(
          site,
          ['uninstall', site.spec.release, '--ignore-not-found', '--cascade=foreground', '--wait=legacy', ...patience],
          limit + graceMs,
        );
      await removeFolder(site.home);
      return story.end('ready');
    } catch (error) {
      if (signal.reason === 'stop') return undefined;
      if (!(error instanceof Problem)) throw error;
      // Another cluster would say that nothing of it is left.
      const left = here ? await leftOf(site) : undefined;
      if (left?.length === 0) await same?.nothingLeft(order);
      // The values that somebody typed, and how the cluster is reached, are written anew by the next try.
      await removeFolder(site.home).catch(() => {});
      return story.end(signal.aborted ? 'cancelled' : 'failed', {
        message: error.message,
        ...(left?.length ? { left } : {}),
      });
    } finally {
      slow();
    }
  }

  /** Says what comes up while Helm makes a revision, and no longer than that. */
  async function telling(site: Site, revision: number, story: Story, work: () => Promise<unknown>): Promise<void> {
    const over = new AbortController();
    if (api) void tell(site, revision, api, story, AbortSignal.any([site.signal, over.signal]));
    try {
      await work();
    } finally {
      // It is not waited for: a cluster that does not answer it holds up nobody.
      over.abort();
    }
  }
  async function tell({ order }: Site, revision: number, api: Api, story: Story, signal: AbortSignal): Promise<void> {
    // A folder of its own: in one folder tools wait for each other.
    const site = await open(order, 'look', signal).catch(() => undefined);
    if (!site) return;
    const { namespace, release } = site.spec;
    const args = ['get', 'manifest', release, '--revision', String(revision)];
    const manifest = async () => {
      const got = await call(site, args);
      return got.code === 0 ? got.stdout : undefined;
    };
    await tellWhatComes({ api, clock, namespace, manifest }, story, signal);
    await removeFolder(site.home).catch(() => {});
  }

  /** What the release holds, also after a stop: whoever cleans up wants to know. Undefined when that can’t be found out now. */
  async function leftOf(site: Site): Promise<readonly string[] | undefined> {
    const fresh = { ...site, signal: new AbortController().signal };
    try {
      if (!(await find(fresh))) return [];
      const { namespace, release } = site.spec;
      const objects = [...objectsOf(await ask(fresh, ['get', 'manifest', release])).keys()];
      return objects.length > 0 ? objects : [`Release ${namespace}/${release}`];
    } catch (error) {
      // What is there is somebody else’s.
      return error instanceof Problem && error.code === 'release_not_ours' ? [] : undefined;
    }
  }

  return {
    name: 'helm',
    atOnce: 3,
    available,
    preview,
    run: (order, signal) => follow((say) => carryOut(order, signal, say)),
  };
}

const plain = ({ verb }: Order): boolean => verb === 'create' || verb === 'change' || verb === 'delete';

const gone = ({ spec: { namespace, release } }: Site): Problem =>
  new Problem(
    'release_missing',
    `The release ${namespace}/${release} is not there any more: somebody uninstalled it, so nothing was done. Make it anew with “change”, or delete what is left.`,
  );

import { z } from 'zod';
import type { Access } from '../../cluster/kubeconfig.ts';
import { Problem } from '../../core/kernel/problem.ts';
import type { Availability, Backend, Order, Output, Progress } from '../../core/runs/run.ts';
import type { Clock } from '../clock.ts';
import type { SameCluster } from '../same-cluster.ts';
import { partFor, specOf } from '../spec.ts';
import { createStory, follow, type Story } from '../story.ts';
import { limitMs } from '../tools.ts';
import { type Api, createApi, type Patience } from './api.ts';
import { apply, checkOwner, clear, get, present } from './apply.ts';
import { isMissing, missing } from './faults.ts';
import { type Awaited, untilGone, untilReady } from './following.ts';
import { createDiscovery, field, type Locate, nameOf, type Planned, plan, resolve } from './objects.ts';
import { fieldsAway, fieldsSet, operationBody, operator } from './operations.ts';
import { previewOf } from './preview.ts';
import { destroysMore, dropped, takeAway } from './removal.ts';
import { renew, renewable } from './renewal.ts';
import { type KubernetesSpec, kubernetesSpec, type Readiness } from './spec.ts';

export type KubernetesOptions = {
  readonly clock: Clock;
  /** How the cluster is reached; absent: there is none here. */
  readonly access?: () => Promise<Access>;
  /** Absent: nothing is kept of what is made, as when a backend is tried out. */
  readonly same?: (api: Api) => SameCluster;
  readonly random?: () => number;
};

const previewTries = 4;
const absent = 'No cluster is connected, so this can’t be made here. The operator of Groundcrew can set KUBECONFIG.';

export function kubernetes({ clock, access, same: sameIn, random }: KubernetesOptions): Backend {
  let connected: Promise<Access> | undefined;
  /** Read once; its tokens are renewed by what it returns. */
  function connect(): Promise<Access> {
    if (!access) return Promise.reject(new Problem('cluster_absent', absent));
    connected ??= access().catch((error: unknown) => {
      connected = undefined;
      throw error;
    });
    return connected;
  }
  const api = createApi(connect, clock, random);
  const same = sameIn?.(api);

  async function available(): Promise<Availability> {
    if (!access) return { ok: false, why: absent };
    try {
      const { status, body } = await api(
        { method: 'GET', path: '/version' },
        { signal: new AbortController().signal, tries: 1 },
      );
      const version = z.object({ gitVersion: z.string() }).safeParse(body).data?.gitVersion;
      return status === 200 && version
        ? { ok: true, version }
        : { ok: false, why: `The cluster answers ${status} when it is asked for its version.` };
    } catch (error) {
      if (error instanceof Problem) return { ok: false, why: error.message };
      throw error;
    }
  }

  type Work = {
    readonly order: Order;
    readonly spec: KubernetesSpec;
    readonly locate: Locate;
    readonly patience: Patience;
    readonly story: Story;
  };

  async function make({ order, spec, locate, patience, story }: Work): Promise<Progress> {
    const planned = await plan(order, spec, locate);
    const before = await Promise.all(planned.map(({ target }) => get(api, target, patience)));
    for (const [i, { target }] of planned.entries()) checkOwner(before[i], target, order);
    const gone = order.verb === 'change' ? await dropped(api, planned, order, locate, patience) : [];
    if (gone.length > (order.destroys ?? 0)) throw destroysMore(gone);
    story.begin('Apply');
    for (const [i, { target, body }] of planned.entries()) {
      story.note(`${nameOf(target)} (${i} of ${planned.length} done)`);
      const old = before[i];
      if (old?.metadata.deletionTimestamp !== undefined)
        await untilGone(api, clock, target, old.metadata.uid, story, patience);
      await apply(api, target, body, {}, patience);
    }
    story.note(`${planned.length} ${planned.length === 1 ? 'object' : 'objects'}`);
    story.begin('Become ready');
    const all = await awaited(planned, spec.ready, spec, locate);
    await untilReady(api, clock, all, story, patience, order.verb === 'change');
    // Only now: what takes their place is there.
    await takeAway(api, clock, gone, story, patience);
    return story.end('ready', { outputs: await outputs(planned, spec, locate, patience) });
  }

  async function operate({ order, spec, locate, patience, story }: Work): Promise<Progress> {
    const part = partFor(spec.verbs, order);
    const planned = await plan(order, spec, locate);
    const targets = await Promise.all(
      part.patch.map(({ set: _, ...reference }) => resolve(reference, spec, planned, locate)),
    );
    for (const target of targets) {
      const object = await get(api, target, patience);
      checkOwner(object, target, order);
      if (!object) throw missing(nameOf(target));
    }
    const renewed =
      part.renew.length > 0 ? await renewable(api, part.renew, order, spec, planned, locate, patience) : undefined;
    story.begin('Apply');
    for (const [i, { set }] of part.patch.entries()) {
      const target = targets[i] as (typeof targets)[number];
      story.note(nameOf(target));
      const how = { by: operator(order.verb) };
      await apply(api, target, operationBody(target, fieldsSet(set)), how, patience);
      const away = fieldsAway(set);
      if (away) await clear(api, target, away, how, patience);
    }
    if (renewed) await renew(api, clock, renewed, order, story, patience);
    story.begin('Become ready');
    // Asleep is not ready by any rule of its kind: only the path can say what to wait for.
    const waits = part.ready ?? (order.verb === 'hibernate' ? undefined : spec.ready);
    const all = order.verb === 'hibernate' && !part.ready ? [] : await awaited(planned, waits, spec, locate);
    await untilReady(api, clock, all, story, patience, true);
    return story.end('ready', { outputs: await outputs(planned, spec, locate, patience) });
  }

  async function remove({ order, spec, locate, patience, story }: Work): Promise<Progress> {
    const planned = await plan(order, spec, locate);
    const here = await present(api, planned, order, patience);
    const found = [...here, ...(await dropped(api, planned, order, locate, patience))];
    story.begin('Delete');
    await takeAway(api, clock, found, story, patience);
    story.note(`${found.length} ${found.length === 1 ? 'object' : 'objects'}`);
    return story.end('ready');
  }

  async function awaited(
    planned: readonly Planned[],
    ready: readonly Readiness[] | undefined,
    spec: KubernetesSpec,
    locate: Locate,
  ): Promise<readonly Awaited[]> {
    const own = await Promise.all(
      (ready ?? []).map(async (r) => ({ own: r, target: await resolve(r, spec, planned, locate) })),
    );
    const byPath = new Map(own.map((o) => [o.target.path, o]));
    const made = planned.map(({ target }): Awaited => {
      const found = byPath.get(target.path);
      return { target, made: true, ...(found ? { own: found.own } : {}) };
    });
    const others = own.filter(({ target }) => !planned.some((p) => p.target.path === target.path));
    return [...made, ...others.map((o): Awaited => ({ ...o, made: false }))];
  }

  async function outputs(
    planned: readonly Planned[],
    spec: KubernetesSpec,
    locate: Locate,
    patience: Patience,
  ): Promise<readonly Output[]> {
    const told = await Promise.all(
      (spec.outputs ?? []).map(async ({ label, path, secret, ...reference }) => {
        const value = field(await get(api, await resolve(reference, spec, planned, locate), patience), path);
        if (value === undefined) return [];
        return [
          { label, value: typeof value === 'string' ? value : JSON.stringify(value), ...(secret ? { secret } : {}) },
        ];
      }),
    );
    return told.flat();
  }

  /** Whether nothing of it is there, for certain. */
  async function isGone(order: Order, spec: KubernetesSpec, patience: Patience): Promise<boolean> {
    try {
      const planned = await plan(order, spec, createDiscovery(api, patience));
      return (await present(api, planned, order, patience)).length === 0;
    } catch {
      return false;
    }
  }

  /** What of it is there; undefined when that cannot be found out now. */
  async function leftOf(order: Order, spec: KubernetesSpec) {
    const quick: Patience = { signal: new AbortController().signal, tries: 2 };
    try {
      return await present(api, await plan(order, spec, createDiscovery(api, quick)), order, quick);
    } catch {
      return undefined;
    }
  }

  async function carryOut(
    order: Order,
    signal: AbortSignal,
    say: (p: Progress) => void,
  ): Promise<Progress | undefined> {
    const steps = order.verb === 'delete' ? ['Check', 'Delete'] : ['Check', 'Apply', 'Become ready'];
    const story = createStory(steps, clock, say);
    const spec = specOf(kubernetesSpec, order);
    const late = new AbortController();
    const slow = clock.after(order.timeoutSeconds * 1000, () => story.add({ slow: true }));
    const over = clock.after(limitMs(order), () => late.abort('time'));
    const patience: Patience = { signal: AbortSignal.any([signal, late.signal]), onWait: story.note };
    const locate = createDiscovery(api, patience);
    let here = false;
    try {
      story.begin('Check', 'planning');
      await same?.forDoing(order, patience);
      here = true;
      const how =
        order.verb === 'delete' ? remove : order.verb === 'create' || order.verb === 'change' ? make : operate;
      return await how({ order, spec, locate, patience, story });
    } catch (error) {
      if (signal.reason === 'stop') return undefined;
      if (!(error instanceof Problem)) throw error;
      // Another cluster would say that nothing of it is left.
      const left = here ? await leftOf(order, spec) : undefined;
      if (left?.length === 0) await same?.nothingLeft(order);
      return story.end(signal.aborted ? 'cancelled' : 'failed', {
        message: signal.aborted ? 'It was cancelled.' : late.signal.aborted ? tooLate(order) : error.message,
        ...(left ? { left: left.map(({ target }) => nameOf(target)) } : {}),
        ...(isMissing(error) && (await isGone(order, spec, patience)) ? { missing: true } : {}),
      });
    } finally {
      slow();
      over();
    }
  }

  return {
    name: 'kubernetes',
    atOnce: 20,
    available,
    async preview(order, signal) {
      const patience: Patience = { signal, tries: previewTries };
      const spec = specOf(kubernetesSpec, order);
      await same?.forLooking(order, patience);
      const { missing: some, ...preview } = await previewOf(order, spec, api, createDiscovery(api, patience), patience);
      return some && (await isGone(order, spec, patience)) ? { ...preview, missing: true } : preview;
    },
    run: (order, signal) => follow((say) => carryOut(order, signal, say)),
  };
}

const tooLate = (order: Order): string =>
  `It was not done within ${Math.round(limitMs(order) / 60_000)} minutes, so I stopped waiting. Nothing was taken back: see what it waits for (kubectl describe), then try again or clean up.`;

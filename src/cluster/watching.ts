import { createSteady, type Ref } from '../core/diagnosis/index.ts';
import type { Rules, Service } from '../core/incidents/seen.ts';
import type { Log } from '../core/kernel/log.ts';
import { type Api, createApi } from './api.ts';
import type { Clock } from './follow.ts';
import { type Identity, identify } from './identity.ts';
import { pathOf, pods } from './kinds.ts';
import type { Access } from './kubeconfig.ts';
import { createLogs } from './logs.ts';
import { type Mirror, mirror, type Standing } from './mirror.ts';
import { createParts } from './parts.ts';
import { type Survey, within } from './survey.ts';
import { thriftily } from './thrift.ts';

/** `uid`: which cluster it is, where it tells. */
export type Looked = Survey & { readonly uid?: string };

/** A cluster that is followed while it is looked at, by the one process that leads. */
export type Looking = {
  readonly cluster: string;
  /** How it is now; nothing while not all of it is known, or what is known is old. Begins to follow it. */
  look(now: Date): Promise<Looked | undefined>;
  /** Called when a look would show more than the last one. */
  onNews(tell: () => void): void;
  /** What is not as it should be, such as a right that is missing; undefined: nothing. */
  trouble(): string | undefined;
  /** Whether it could be followed from here: for who does not follow it. */
  answers(): Promise<boolean>;
  /** Lets go of it, and of what is known of it. */
  rest(): void;
};

export type Parts = {
  readonly access: () => Promise<Access>;
  readonly rules: () => Rules;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  /** For who waits until all that happened is known: it is told of each step, and when it is let go of. */
  readonly onStep?: (mirror: Mirror | undefined) => void;
};

type Followed = {
  readonly mirror: Mirror;
  readonly parts: ReturnType<typeof createParts>;
  readonly logs: ReturnType<typeof createLogs>;
  readonly steady: ReturnType<typeof createSteady>;
  /** All of it has been listed and looked at once. */
  readonly begun: () => void;
  /** What it was begun with. */
  readonly where: string;
  /** Since it was asked which one it is it was listed anew, connected to anew or out of reach: another one may answer by now. */
  readonly doubts: { any: boolean };
};

/** In milliseconds. A proxy may lead elsewhere from one watch to the next, over the same connection. */
const sureMs = 60_000;

export async function watchingLook(given: Parts): Promise<Looking> {
  const { access, rules } = given;
  const api = createApi(await access());
  let followed: Followed | undefined;
  let by = '';
  let known: readonly Service[] | undefined;
  let watched: readonly Service[] = [];
  let news = () => {};
  let identity: (Identity & { readonly at: number }) | undefined;
  /** What it told of itself last, also while it does not tell. */
  let uid: string | undefined;
  let unsure: string | undefined;

  function rest(): void {
    followed?.mirror.stop();
    followed?.begun();
    followed = undefined;
    identity = undefined;
    uid = undefined;
    unsure = undefined;
    given.onStep?.(undefined);
  }
  /** Undefined: not known now, or what is known is of another one and was let go of. */
  async function which(at: number, { doubts }: Followed): Promise<Identity | undefined> {
    if (identity !== undefined && !doubts.any && at - identity.at < sureMs) return identity;
    doubts.any = false;
    const before = identity;
    let is: Identity;
    try {
      is = await identify(api);
    } catch (error) {
      doubts.any = true;
      unsure = error instanceof Error ? error.message : String(error);
      return undefined;
    }
    unsure = undefined;
    if ('untold' in is && !(before && 'untold' in before)) given.log.warn({ why: is.untold }, untold);
    if ('uid' in is && uid !== undefined && uid !== is.uid) {
      rest();
      return undefined;
    }
    if ('uid' in is) uid = is.uid;
    identity = { ...is, at };
    return is;
  }
  function current({ include }: Rules): Followed {
    const where = JSON.stringify(include);
    if (followed && followed.where !== where) rest();
    followed ??= { ...begin(api, include, given, () => news()), where };
    return followed;
  }

  return {
    cluster: api.access.context,
    onNews: (tell) => {
      news = tell;
    },
    trouble: () =>
      followed === undefined
        ? undefined
        : (inWords(followed.mirror.troubles()) ??
          unsaid(followed.mirror) ??
          unsure ??
          (identity && 'untold' in identity ? identity.untold : undefined)),
    rest,
    answers: () =>
      api.get(`${pathOf(pods, rules().include[0])}?limit=1`).then(
        ({ status }) => status === 200,
        () => false,
      ),
    async look(now) {
      const settings = rules();
      const following = current(settings);
      const { mirror: seen, parts, logs, steady, begun } = following;
      if (!seen.synced() || stale(seen)) return undefined;
      const is = await which(now.getTime(), following);
      if (is === undefined || followed !== following) return undefined;
      // Whose a service is may be told by the settings.
      if (by !== JSON.stringify(settings)) {
        parts.forget();
        known = undefined;
      }
      by = JSON.stringify(settings);
      const world = () => seen.world(now, logs.get);
      await parts.examine(world(), settings);
      begun();
      const fresh = await logs.read(
        parts.verdicts().flatMap((v) => v.wants.logs),
        world(),
      );
      for (const namespace of fresh) parts.again(namespace);
      if (fresh.length > 0) await parts.examine(world(), settings);
      if (parts.services() !== known) {
        known = parts.services();
        watched = within({ services: known, verdicts: [] }, settings).services;
      }
      const after = world();
      // A right may be taken away for good: then what depended on it would stay for ever.
      const gone = ({ kind, namespace, name }: Ref): boolean =>
        seen.old(kind) === undefined && after.listed(kind) && after.get(kind, namespace, name) === undefined;
      const told = steady(parts.verdicts(), now.getTime(), seen.old, gone);
      const { verdicts } = within({ services: [], verdicts: told }, settings);
      return { services: watched, verdicts, ...('uid' in is ? { uid: is.uid } : {}) };
    },
  };
}

const untold = 'which cluster it is can’t be told; another one under the same context would be taken for it';

function begin(api: Api, include: readonly string[], { clock, random, log, onStep }: Parts, news: () => void) {
  const parts = createParts();
  const thrift = thriftily();
  const doubts = { any: false };
  let begun = false;
  /** What was complained of, so that it is once. */
  const said = new Map<string, string>();
  const seen: Mirror = mirror(api, {
    clock,
    random,
    ...(include.length > 0 ? { include } : {}),
    onChange: (kind, change) => {
      parts.changed(kind, change);
      news();
    },
    // By the same name another cluster may answer now, without an error: it is asked before anything of this is told.
    onConnection: () => {
      doubts.any = true;
    },
    onVersion: () => onStep?.(seen),
    onState: (standing) => {
      complain(standing, said, log);
      if (standing.state.at === 'waiting' || standing.state.at === 'listing') doubts.any = true;
      // The last kind that was waited for may be one of which there is nothing.
      if (standing.state.at === 'watching' || standing.state.at === 'absent') news();
      // The first states are told while it is still being made.
      if (begun) onStep?.(seen);
    },
    onFault: (error) => log.error({ err: error }, 'a change of the cluster could not be taken in'),
  });
  begun = true;
  onStep?.(seen);
  return { mirror: seen, parts, logs: createLogs(api), steady: createSteady(), begun: thrift, doubts };
}

/** Without its pods nothing can be told: what was known of them is not how they are. */
const stale = (seen: Mirror): boolean => seen.lost('Pod') !== undefined;
/** While a try hangs nothing waits. */
function unsaid(seen: Mirror): string | undefined {
  const why = seen.lost('Pod');
  return why === undefined ? undefined : `Pod: ${why}`;
}

const words = ({ kind, state }: Standing): string | undefined => {
  if (state.at === 'polling')
    return `${kind} can’t be watched, so it is listed every ${state.ms / 1000} s (${state.why})`;
  return state.at === 'waiting' ? `${kind}: ${state.why}` : undefined;
};
const inWords = (troubles: readonly Standing[]): string | undefined =>
  troubles.length === 0 ? undefined : [...new Set(troubles.flatMap((t) => words(t) ?? []))].join('; ');

/** A watch that breaks off is no news: it is begun again within seconds. What stays is said once, with its reason. */
function complain(standing: Standing, said: Map<string, string>, log: Log): void {
  const { kind, namespace, state } = standing;
  const key = `${kind}/${namespace ?? ''}`;
  if (state.at !== 'waiting' && state.at !== 'polling') return;
  const refused = state.at === 'polling' || /^40[13] /.test(state.why);
  if (!refused || said.get(key) === state.why) return;
  said.set(key, state.why);
  log.warn({ kind, namespace, why: state.why }, 'the cluster does not let this kind be followed');
}

import type { Rules, Service } from '../core/incidents/seen.ts';
import type { Log } from '../core/kernel/log.ts';
import { type Api, createApi } from './api.ts';
import type { Clock } from './follow.ts';
import { pathOf, pods } from './kinds.ts';
import type { Access } from './kubeconfig.ts';
import { createLogs } from './logs.ts';
import { type Mirror, mirror, type Standing } from './mirror.ts';
import { createParts } from './parts.ts';
import { type Survey, within } from './survey.ts';
import { thriftily } from './thrift.ts';

/** A cluster that is followed while it is looked at, by the one process that leads. */
export type Looking = {
  readonly cluster: string;
  /** How it is now; nothing while not all of it is known, or what is known is old. Begins to follow it. */
  look(now: Date): Promise<Survey | undefined>;
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
  /** All of it has been listed and looked at once. */
  readonly begun: () => void;
  /** What it was begun with. */
  readonly where: string;
};

export async function watchingLook(given: Parts): Promise<Looking> {
  const { access, rules } = given;
  const api = createApi(await access());
  let followed: Followed | undefined;
  let by = '';
  let known: readonly Service[] | undefined;
  let watched: readonly Service[] = [];
  let news = () => {};

  function rest(): void {
    followed?.mirror.stop();
    followed?.begun();
    followed = undefined;
    given.onStep?.(undefined);
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
      followed === undefined ? undefined : (inWords(followed.mirror.troubles()) ?? unsaid(followed.mirror)),
    rest,
    answers: () =>
      api.get(`${pathOf(pods, rules().include[0])}?limit=1`).then(
        ({ status }) => status === 200,
        () => false,
      ),
    async look(now) {
      const settings = rules();
      const { mirror: seen, parts, logs, begun } = current(settings);
      if (!seen.synced() || stale(seen)) return undefined;
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
      return { services: watched, verdicts: within({ services: [], verdicts: parts.verdicts() }, settings).verdicts };
    },
  };
}

function begin(api: Api, include: readonly string[], { clock, random, log, onStep }: Parts, news: () => void) {
  const parts = createParts();
  const thrift = thriftily();
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
    onVersion: () => onStep?.(seen),
    onState: (standing) => {
      complain(standing, said, log);
      // The last kind that was waited for may be one of which there is nothing.
      if (standing.state.at === 'watching' || standing.state.at === 'absent') news();
      // The first states are told while it is still being made.
      if (begun) onStep?.(seen);
    },
    onFault: (error) => log.error({ err: error }, 'a change of the cluster could not be taken in'),
  });
  begun = true;
  onStep?.(seen);
  return { mirror: seen, parts, logs: createLogs(api), begun: thrift };
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

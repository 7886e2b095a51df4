import { clusterAway, type Rules } from '../core/incidents/seen.ts';
import type { Watches } from '../core/incidents/store.ts';
import type { Health, Inbound } from '../core/kernel/index.ts';
import type { Log } from '../core/kernel/log.ts';
import { hideAddresses } from './addresses.ts';
import type { Clock } from './follow.ts';
import { createTelling, type Lead } from './telling.ts';
import type { Looking } from './watching.ts';

/**
 * In milliseconds. The lead is kept by saying so every three seconds, and passes on when nothing was said for ten: so
 * somebody leads again within fifteen seconds of a death.
 */
const beatMs = 3_000;
const leaseMs = 10_000;
/** News is looked at after this pause, so that what happens together is looked at once; without news, now and then. */
const pauseMs = 300;
const quietMs = 10_000;
/** When nothing could be told of it for so long, those in charge hear of it. */
const awayMs = 5 * 60_000;
/**
 * A leader to whom it tells nothing for so long loses its lead to another one that is answered; whoever waits for that asks
 * no more often than this. Where nobody is answered nothing passes on.
 */
const blindMs = 60_000;
const askMs = 10_000;

type Parts = {
  /** Asked again until it succeeds: a kubeconfig may be put right. */
  readonly looking: () => Promise<Looking>;
  readonly rules: () => Rules;
  readonly watches: Pick<Watches, 'lead' | 'release' | 'lost' | 'wrest' | 'uid'>;
  /** Through the one door; rejects when it was not committed. */
  readonly report: (inbound: Inbound) => Promise<void>;
  readonly clock: Clock;
  readonly log: Log;
  /** The name of this process among all: a new one at each start. */
  readonly holder: string;
  /** After each look, and when it does not lead any more: whether it knows how the cluster is; undefined: another one does. */
  readonly onStanding?: (cluster: string, known: boolean | undefined) => void;
};
export type Observer = {
  start(): void;
  /** Takes or keeps the lead, and looks. */
  look(): Promise<void>;
  /** The context of its cluster, once it is known. */
  cluster(): string | undefined;
  health(): Health;
  stop(): Promise<void>;
};

/** Looks at a cluster, as one of all processes, and tells when it differs from what was told before. */
export function createObserver(parts: Parts): Observer {
  const { looking, watches, clock, log, holder, onStanding } = parts;
  let opened: Looking | undefined;
  let lead: Lead | undefined;
  let away: { readonly why: string; readonly since: Date; said: boolean } | undefined;
  /** The last look that told how it is, and the one that others know of. */
  let lookedAt: number | undefined;
  let notedAt: number | undefined;
  /** Since when this leader is told nothing; since when nobody is, where the lead was taken from one that was not. */
  let blindAt: number | undefined;
  let darkSince: Date | undefined;
  let askedAt: number | undefined;

  const now = () => clock.now().getTime();
  /** A process that was paused must not tell what it saw before somebody else took over. */
  const leads = (mine: Lead): boolean => lead === mine && now() < mine.until;
  const telling = createTelling({ ...parts, leads });

  async function open(): Promise<Looking> {
    opened ??= await looking();
    opened.onNews(soon);
    return opened;
  }

  async function beat(): Promise<void> {
    const looked = await open();
    const asked = now();
    const fresh = lookedAt === notedAt ? undefined : lookedAt;
    const ago = fresh === undefined ? undefined : (asked - fresh) / 1000;
    const term = await watches.lead(looked.cluster, holder, leaseMs / 1000, {
      ...(ago === undefined ? {} : { agoSeconds: ago }),
      ...(blindAt === undefined ? {} : { lostSeconds: (asked - blindAt) / 1000 }),
    });
    notedAt = fresh ?? notedAt;
    if (term !== undefined && lead?.term === term) lead.until = asked + leaseMs;
    else begin(term, asked);
    if (lead === undefined) {
      looked.rest();
      // Whoever leads knows how it is.
      away = undefined;
      onStanding?.(looked.cluster, undefined);
      standBy(looked);
    }
  }
  /** Another process tells, or told in between: whoever takes over begins anew. */
  function begin(term: number | undefined, asked: number): void {
    lead = term === undefined ? undefined : { term, until: asked + leaseMs };
    telling.forget();
    blindAt = undefined;
    darkSince = undefined;
  }
  /** Not waited for: whether it answers may take long to know, and the lead may become free meanwhile. */
  function standBy(looked: Looking): void {
    if (asking !== undefined || now() - (askedAt ?? 0) < askMs) return;
    askedAt = now();
    asking = relieve(looked)
      .catch((error: unknown) =>
        log.warn({ err: error }, 'whether who leads can tell how the cluster is could not be asked'),
      )
      .finally(() => {
        asking = undefined;
      });
  }
  async function relieve(looked: Looking): Promise<void> {
    if (((await watches.lost(looked.cluster)) ?? 0) * 1000 < blindMs) return;
    if (!(await looked.answers()) || stopped) return;
    taking = take(looked.cluster);
    await taking;
  }
  async function take(cluster: string): Promise<void> {
    const asked = now();
    const taken = await watches.wrest(cluster, holder, leaseMs / 1000, blindMs / 1000);
    if (taken === undefined) return;
    log.info({}, 'the lead is taken from a process to which the cluster does not answer');
    begin(taken.term, asked);
    const { blindSeconds } = taken;
    darkSince = blindSeconds === undefined ? undefined : new Date(asked - blindSeconds * 1000);
  }

  async function see(): Promise<void> {
    if (lead === undefined || opened === undefined) return;
    const at = clock.now();
    const mine = lead;
    const survey = await opened.look(at);
    if (survey === undefined) return complain(opened.trouble());
    if (!leads(mine)) return;
    // Nobody else has told meanwhile, but that it is away may have been said: it is told anew that it is not.
    if (away?.said) telling.again();
    await telling.tell(survey, opened.cluster, at, mine);
    // What was not told is not known: nothing may be taken for over by it.
    if (!leads(mine)) return;
    if (away !== undefined) log.info({}, 'how the cluster is can be told again');
    away = undefined;
    blindAt = undefined;
    darkSince = undefined;
    lookedAt = at.getTime();
    onStanding?.(opened.cluster, true);
    // Looks that are far apart are made known at once: whether somebody looks must not be in doubt.
    if (lookedAt - (notedAt ?? lookedAt) > quietMs + beatMs) await beat();
  }
  /** Without a reason it is still being read: that it was away is not over by that. */
  function complain(why: string | undefined): void {
    if (why === undefined) return;
    if (away === undefined) log.warn({ why }, 'how the cluster is can’t be told; it is tried again');
    away = { since: darkSince ?? clock.now(), said: false, ...away, why };
    blindAt ??= now();
  }
  const failed = (error: unknown): void => {
    const why = error instanceof Error ? error.message : String(error);
    if (away === undefined) log.warn({ err: error }, 'the cluster could not be looked at; it is tried again');
    away = { since: clock.now(), said: false, ...away, why };
  };
  async function sayAway(): Promise<void> {
    if (away === undefined || opened === undefined || lead === undefined || !leads(lead)) return;
    onStanding?.(opened.cluster, false);
    if (away.said || now() - away.since.getTime() < awayMs) return;
    const { why, since } = away;
    const { cluster } = opened;
    await telling.observed(
      clusterAway,
      { cluster, term: lead.term, why: hideAddresses(why), since: since.toISOString() },
      cluster,
    );
    away.said = true;
  }

  let stopped = false;
  let looks: Promise<void> | undefined;
  let beats: Promise<void> | undefined;
  let asking: Promise<void> | undefined;
  let taking: Promise<void> | undefined;
  let waits: (() => void) | undefined;
  const cancels: (() => void)[] = [];

  function look(): Promise<void> {
    looks ??= see()
      .catch(failed)
      .then(sayAway)
      .catch(failed)
      .finally(() => {
        looks = undefined;
      });
    return looks;
  }
  /** One at a time, and not more often than after each pause. */
  function soon(): void {
    if (stopped || waits !== undefined || cancels.length === 0) return;
    waits = clock.after(pauseMs, () => {
      waits = undefined;
      void Promise.resolve(looks).then(() => (stopped ? undefined : look()));
    });
  }
  function every(ms: number, work: () => Promise<void>): void {
    let cancel = () => {};
    const again = () => {
      void work().then(() => {
        if (!stopped) cancel = clock.after(ms, again);
      });
    };
    cancels.push(() => cancel());
    again();
  }
  const beating = (): Promise<void> => {
    beats = beat().catch(failed);
    return beats;
  };

  return {
    start() {
      every(beatMs, beating);
      every(quietMs, async () => {
        await beats;
        await look();
      });
    },
    async look() {
      await beating();
      await asking;
      await looks;
      await look();
    },
    cluster: () => opened?.cluster,
    health: () =>
      away === undefined ? withTroubles(opened?.trouble(), telling.elsewhere()) : { ok: false, why: away.why },
    async stop() {
      stopped = true;
      waits?.();
      for (const cancel of cancels) cancel();
      await Promise.all([beats, looks, taking?.catch(() => {})]);
      opened?.rest();
      if (lead !== undefined && opened) await watches.release(opened.cluster, holder).catch(() => {});
    },
  };
}

function withTroubles(...whys: readonly (string | undefined)[]): Health {
  const degraded = whys.filter((why) => why !== undefined);
  return degraded.length === 0 ? { ok: true } : { ok: true, degraded };
}

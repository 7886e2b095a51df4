import { z } from 'zod';
import { refKey } from '../core/diagnosis/verdict.ts';
import { gist } from '../core/incidents/life.ts';
import { incidentSeen, type Rules, rolloutSeen } from '../core/incidents/seen.ts';
import type { Watches } from '../core/incidents/store.ts';
import type { Inbound, Json } from '../core/kernel/index.ts';
import type { Log } from '../core/kernel/log.ts';
import { createApi } from './api.ts';
import type { Access } from './kubeconfig.ts';
import { type Survey, seenIn, survey } from './survey.ts';

/** Now, and later: both virtual in tests. */
type Clock = { now(): Date; after(ms: number, run: () => void): () => void };

/** How often it is looked; a watch of the cluster would say so itself. */
const everyMs = 10_000;
/** How long the lead holds without another look: a survey of a large cluster takes some seconds. */
const leaseSeconds = 60;
/** Revisions told at once. */
const atOnce = 500;

/** How a cluster is at this moment, whatever finds it out: asked now and then, or kept up to date by a watch. */
export type Looking = { readonly cluster: string; look(now: Date): Promise<Survey> };

export function pollingLook(access: () => Promise<Access>, rules: () => Rules): () => Promise<Looking> {
  return async () => {
    const api = createApi(await access());
    return { cluster: api.access.context, look: (now) => survey(api, rules(), now) };
  };
}

type Parts = {
  readonly looking: () => Promise<Looking>;
  readonly rules: () => Rules;
  readonly watches: Watches;
  /** Through the one door; rejects when it was not committed. */
  readonly report: (inbound: Inbound) => Promise<void>;
  readonly clock: Clock;
  readonly log: Log;
  /** The name of this process among all: a new one at each start. */
  readonly holder: string;
};
export type Observer = { start(): void; look(): Promise<void>; stop(): Promise<void> };

const json = z.json();

/** Looks at the cluster, as one of all processes, and tells when it differs from what was told before. */
export function createObserver({ looking, rules, watches, report, clock, log, holder }: Parts): Observer {
  let told: string | undefined;
  let known = new Set<string>();
  let n = 0;
  let held: string | undefined;
  let away = false;

  async function observed(what: string, input: Json, cluster: string): Promise<void> {
    n += 1;
    await report({ kind: 'observed', what, input, at: clock.now(), delivery: `seen/${cluster}/${holder}/${n}` });
  }

  async function tell({ services, verdicts }: Survey, cluster: string, at: Date): Promise<void> {
    const seen = seenIn({ services, verdicts }, cluster, at, rules());
    const digest = JSON.stringify([seen.sightings.map((s) => [gist(s.verdict), s.team]), seen.unsettled]);
    if (digest !== told) {
      await observed(incidentSeen, json.parse(seen), cluster);
      told = digest;
    }
    const rolled = services.flatMap(({ ref, revision, team }) =>
      revision === undefined ? [] : [{ subject: refKey(ref), revision, ...(team === undefined ? {} : { team }) }],
    );
    const fresh = rolled.filter((r) => !known.has(`${r.subject} ${r.revision}`));
    for (let i = 0; i < fresh.length; i += atOnce)
      await observed(rolloutSeen, { cluster, rollouts: fresh.slice(i, i + atOnce) }, cluster);
    known = new Set(rolled.map((r) => `${r.subject} ${r.revision}`));
  }

  async function round(): Promise<void> {
    try {
      const { cluster, look } = await looking();
      if (!(await watches.lead(cluster, holder, leaseSeconds))) {
        // Another process tells: when this one takes over it begins anew.
        told = undefined;
        known = new Set();
        return;
      }
      held = cluster;
      const at = clock.now();
      await tell(await look(at), cluster, at);
      away = false;
    } catch (error) {
      if (!away) log.warn({ err: error }, 'the cluster could not be looked at; it is tried again');
      away = true;
    }
  }

  let cancel = () => {};
  let working: Promise<void> | undefined;
  let stopped = false;
  function look(): Promise<void> {
    working ??= round().finally(() => {
      working = undefined;
    });
    return working;
  }
  function tick(): void {
    void look().then(() => {
      if (!stopped) cancel = clock.after(everyMs, tick);
    });
  }

  return {
    start: tick,
    look,
    async stop() {
      stopped = true;
      cancel();
      await working;
      if (held !== undefined) await watches.release(held, holder).catch(() => {});
    },
  };
}

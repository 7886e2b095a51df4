import { z } from 'zod';
import { refKey } from '../core/diagnosis/verdict.ts';
import { gist } from '../core/incidents/life.ts';
import { incidentSeen, type Rules, rolloutSeen, type Service } from '../core/incidents/seen.ts';
import type { Watches } from '../core/incidents/store.ts';
import type { Inbound, Json } from '../core/kernel/index.ts';
import type { Log } from '../core/kernel/log.ts';
import type { Clock } from './follow.ts';
import { seenIn } from './survey.ts';
import type { Looked } from './watching.ts';

/** So long /readyz names a cluster that is another one than before. */
const otherMs = 24 * 3_600_000;
/** Rollouts told at once. */
const atOnce = 500;

const json = z.json();
/** The time for which it leads: later ones have higher numbers. */
export type Lead = { readonly term: number; until: number };

type Parts = {
  readonly rules: () => Rules;
  readonly watches: Pick<Watches, 'uid'>;
  readonly report: (inbound: Inbound) => Promise<void>;
  readonly clock: Clock;
  readonly log: Log;
  readonly holder: string;
  readonly leads: (mine: Lead) => boolean;
};

/** What a leader told of a cluster, and what is news beside that. */
export function createTelling({ rules, watches, report, clock, log, holder, leads }: Parts) {
  let told: string | undefined;
  /** By workload, the template of it that was told. */
  let known = new Map<string, string>();
  /** The services whose templates are known; the same list while none of them has changed. */
  let last: readonly Service[] | undefined;
  /** Which cluster it is, by what was told last; and that it is another one than was known. */
  let which: string | undefined;
  let other: { readonly why: string; readonly until: number } | undefined;
  let n = 0;

  async function observed(what: string, input: Json, cluster: string): Promise<void> {
    n += 1;
    await report({ kind: 'observed', what, input, at: clock.now(), delivery: `seen/${cluster}/${holder}/${n}` });
  }

  async function tell(survey: Looked, cluster: string, at: Date, mine: Lead): Promise<void> {
    const named = survey.uid === undefined ? {} : { uid: survey.uid };
    await compare(survey.uid, cluster);
    const seen = seenIn(survey, cluster, at, rules());
    const digest = JSON.stringify([seen.sightings.map((s) => [gist(s.verdict), s.team]), seen.unsettled]);
    if (digest !== told && leads(mine)) {
      await observed(incidentSeen, json.parse({ ...seen, ...named, term: mine.term, n: n + 1 }), cluster);
      told = digest;
    }
    if (survey.services === last) return;
    // What is changed while it is paused is rolled out when it goes on.
    const rolled = survey.services.flatMap(({ ref, template, paused, team, by, committed }) =>
      template === undefined || paused
        ? []
        : [
            {
              subject: refKey(ref),
              template,
              ...(team === undefined ? {} : { team }),
              ...(by === undefined ? {} : { by }),
              ...(committed === undefined ? {} : { committed }),
            },
          ],
    );
    const fresh = rolled.filter((r) => known.get(r.subject) !== r.template);
    for (let i = 0; i < fresh.length && leads(mine); i += atOnce)
      await observed(rolloutSeen, { cluster, ...named, rollouts: fresh.slice(i, i + atOnce) }, cluster);
    known = new Map(rolled.map((r) => [r.subject, r.template]));
    last = survey.services;
  }

  /** A context may lead to another cluster than before: then nothing that was told is of this one. */
  async function compare(uid: string | undefined, cluster: string): Promise<void> {
    if (uid === undefined || uid === which) return;
    const was = which ?? (await watches.uid(cluster));
    if (was !== undefined && was !== uid) {
      const why = `“${cluster}” leads to another cluster than before: its kube-system has the UID ${uid}, and had ${was}`;
      log.warn(
        { was, is: uid },
        'the context leads to another cluster than before; what is kept of that one is put aside',
      );
      other = { why, until: clock.now().getTime() + otherMs };
    }
    forget();
    which = uid;
  }

  function forget(): void {
    told = undefined;
    known = new Map();
    last = undefined;
    which = undefined;
  }

  return {
    tell,
    observed,
    forget,
    /** What is told next is told in any case. */
    again(): void {
      told = undefined;
    },
    /** Why it is another cluster than before, for a day. */
    elsewhere: () => (other !== undefined && clock.now().getTime() < other.until ? other.why : undefined),
  };
}

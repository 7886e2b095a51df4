import type { Verdict } from '../diagnosis/index.ts';
import type { PersonId } from '../kernel/index.ts';
import type { Family } from './life.ts';
import type { Offer, Service, Undo } from './seen.ts';

export const states = ['open', 'recovering', 'resolved'] as const;
export type State = (typeof states)[number];

/** A fix that somebody pressed, and what came of it. */
export type Tried = {
  /** The key of its action. */
  readonly key: string;
  readonly title: string;
  readonly by: PersonId;
  readonly at: string;
  readonly state: 'doing' | 'done' | 'failed' | 'helped' | 'useless';
  readonly said?: string;
  /** What was there before, by which it is taken back; absent: it cannot be. */
  readonly undo?: Undo;
  /** What it made of it: where that is something else by now, nothing is taken back. */
  readonly print?: string;
  /** Why it can’t be taken back, where that is so. */
  readonly lasts?: string;
  /** It took another one back. */
  readonly back?: true;
};
/** What can be pressed to mend it, as it was tried out for the verdict of this gist, and what was pressed last. */
export type Mending = {
  readonly gist?: string;
  readonly offers: readonly Offer[];
  /** Why nothing could be tried out. */
  readonly untried?: string;
  readonly words?: string;
  readonly tried?: Tried;
};

/** One failure of one workload, from its opening to its end. */
export type Incident = {
  readonly id: string;
  readonly number: number;
  /** The context by which it is reached. */
  readonly cluster: string;
  /** What it is called, where there is more than one. */
  readonly called?: string;
  /** Which cluster that is, by the UID of its kube-system, as far as it tells. */
  readonly uid?: string;
  /** `kind/namespace/name` of what fails. */
  readonly subject: string;
  readonly family: Family;
  readonly state: State;
  /** The latest; of one that is over, the last that was seen. */
  readonly verdict: Verdict;
  readonly service?: Service;
  readonly team?: string;
  /** The key of its message, which several share that opened at once. Absent: it was muted. */
  readonly message?: string;
  readonly opened: Date;
  readonly changed: Date;
  /** Since when nothing is wrong with it. */
  readonly well?: Date;
  readonly resolved?: Date;
  /** The number of the incident that it turned out to be part of. */
  readonly into?: number;
  /** It was over since nobody looked at its cluster any more: how it fares is not known. */
  readonly unfollowed?: true;
  readonly taken?: PersonId;
  readonly mending?: Mending;
};
export type NewIncident = Pick<
  Incident,
  'id' | 'cluster' | 'subject' | 'family' | 'verdict' | 'service' | 'team' | 'message' | 'opened'
>;
/** Null takes away. */
export type IncidentChange = {
  readonly state?: State;
  readonly verdict?: Verdict;
  readonly service?: Service;
  readonly message?: string;
  readonly well?: Date | null;
  readonly resolved?: Date | null;
  readonly into?: number | null;
  readonly unfollowed?: boolean;
  readonly taken?: PersonId | null;
  readonly mending?: Mending;
};

export const scopes = ['workload', 'namespace', 'cause'] as const;
export type Scope = (typeof scopes)[number];
export type Mute = {
  readonly cluster: string;
  readonly scope: Scope;
  readonly value: string;
  readonly who: PersonId;
  readonly at: Date;
} & ({ readonly until: Date } | { readonly revision: string });

export type Rollout = {
  readonly subject: string;
  /** A print of the pod template, after the version of how it was made: `1:…`. */
  readonly template: string;
  readonly team?: string;
  /** The e-mail address of who rolled it out. */
  readonly by?: string;
  readonly committed?: Date;
};

/** The how-manieth look of which term: terms are counted when the lead passes on. */
export type Sighted = { readonly term: number; readonly n: number; readonly at: Date; readonly uid?: string };

export interface IncidentStore {
  /**
   * Notes that a cluster was seen, and locks its incidents for this transaction. Undefined when who saw it does not lead
   * any more, or it was seen later already: then this is no news. Clocks of machines have no say in it. `away`: since when
   * it was said to be away, until now. `called`: what it is called, where there is more than one. `was`: which cluster it was
   * until now, where it is another one.
   */
  see(cluster: string, sighted: Sighted): Promise<Shown | undefined>;
  /**
   * Its rows are those of another cluster: they are put aside, and what was put aside of the one that it is now is back.
   * Whether there was any.
   */
  putAside(cluster: string, was: string, is: string): Promise<boolean>;
  /** Which cluster it is, as far as it told. */
  uid(cluster: string): Promise<string | undefined>;
  /** Notes that it is away; undefined: that was noted before, or who says so does not lead any more. */
  lose(cluster: string, since: Date, term: number): Promise<{ readonly called?: string } | undefined>;
  /**
   * Notes that nobody looks at it any more, and locks its incidents for this transaction; undefined: somebody does. `away` as
   * of `see`. Nobody who looked at it before is listened to.
   */
  leave(cluster: string): Promise<{ readonly away?: Date; readonly called?: string } | undefined>;
  /** Whether somebody is looking at it: without that, that nothing is seen to be wrong says nothing. */
  watched(cluster: string): Promise<boolean>;
  living(cluster: string): Promise<readonly Incident[]>;
  /** The last one of its kind, when it was resolved since then. */
  lately(cluster: string, subject: string, family: Family, since: Date): Promise<Incident | undefined>;
  /** The one that is not over yet. */
  current(cluster: string, subject: string, family: Family): Promise<Incident | undefined>;
  /** Locks it for this transaction. */
  take(id: string): Promise<Incident | undefined>;
  ofMessage(message: string): Promise<readonly Incident[]>;
  add(incident: NewIncident): Promise<Incident>;
  change(id: string, change: IncidentChange, at: Date): Promise<void>;
  /** Those that have not run out. */
  mutes(cluster: string, now: Date): Promise<readonly Mute[]>;
  mute(mute: Mute): Promise<void>;
  unmute(cluster: string, scope: Scope, value: string): Promise<void>;
  /**
   * Notes templates that were not known; of a subject that was not known either they are its baseline. One that was known is
   * no rollout: whatever came after it was taken back.
   */
  rolledOut(cluster: string, rollouts: readonly Rollout[], at: Date): Promise<void>;
}
export type Shown = { readonly away?: Date; readonly called?: string; readonly was?: string };
export type WithIncidents = { readonly incidents: IncidentStore };

/** Of all processes one looks at a cluster. */
export interface Watches {
  /** Takes the lead, or keeps it, and answers its term; nothing while another process has it. */
  lead(cluster: string, holder: string, leaseSeconds: number, known?: Known): Promise<number | undefined>;
  release(cluster: string, holder: string): Promise<void>;
  /** Which cluster it is, as far as it told. */
  uid(cluster: string): Promise<string | undefined>;
  /** For how many seconds who leads can’t tell how the cluster is; undefined: it can. */
  lost(cluster: string): Promise<number | undefined>;
  /**
   * Takes the lead from somebody who can’t tell for so long. `blindSeconds`: for how long nobody could, as far as that was
   * ever told.
   */
  wrest(
    cluster: string,
    holder: string,
    leaseSeconds: number,
    lostSeconds: number,
  ): Promise<{ readonly term: number; readonly blindSeconds?: number } | undefined>;
  /** Clusters that nobody leads, and for which something is still open. */
  deserted(): Promise<readonly string[]>;
  /** Whether somebody leads it, or did a moment ago. */
  led(cluster: string): Promise<boolean>;
}

/** What who leads knows of a cluster, in seconds until now. */
export type Known = {
  /** Since the last look that told how it is, where there was another one since this was last said. */
  readonly agoSeconds?: number;
  /** Since no look tells. */
  readonly lostSeconds?: number;
};

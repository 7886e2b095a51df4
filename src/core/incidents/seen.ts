import { z } from 'zod';
import type { Fix, Ref, Verdict } from '../diagnosis/index.ts';
import type { Json, Text } from '../kernel/index.ts';

/*
 * What passes between the cluster's side and the incidents: what runs there, whose it is, and what is wrong with it. Parsed
 * wherever it arrives, also when it comes back from a row of ours.
 */

const ref = z.object({ kind: z.string(), namespace: z.string(), name: z.string() }) satisfies z.ZodType<Ref>;

/** Something that runs: a Deployment or its like. */
export const service = z.object({
  ref,
  /** The object of an operator's kind that it was made for. */
  maker: ref.exactOptional(),
  /** What its cluster is called, where there is more than one. */
  called: z.string().exactOptional(),
  /** The team of groundcrew.yaml that looks after it, as far as labels or settings tell. */
  team: z.string().exactOptional(),
  desired: z.number(),
  ready: z.number(),
  /** Its controller has nothing left to do: all pods are of the newest revision, and ready. */
  settled: z.boolean(),
  paused: z.literal(true).exactOptional(),
  image: z.string().exactOptional(),
  revision: z.string().exactOptional(),
  /** A print of its pod template: another one is another rollout. */
  template: z.string().exactOptional(),
  /** The e-mail address of who rolled it out, when they said so. */
  by: z.string().exactOptional(),
  /** When what it runs was committed, where an annotation says so. */
  committed: z.iso.datetime({ offset: true }).exactOptional(),
});
export type Service = z.output<typeof service>;

/** Spans that a verdict is written in: no people, places or links. */
const span = z.object({ kind: z.enum(['plain', 'strong', 'emphasis', 'code']), text: z.string() });
const words: z.ZodType<Text> = z.array(span);
const body = z.record(z.string(), z.unknown());

const fixKinds = ['rollback', 'restart', 'resume', 'patch', 'create', 'delete', 'look', 'ask'] as const;
export const fix: z.ZodType<Fix> = z.union([
  z.object({ title: z.string(), kind: z.enum(fixKinds), patch: body }),
  z.object({ title: z.string(), kind: z.enum(fixKinds), command: z.string() }),
]);

export const verdict: z.ZodType<Verdict> = z.object({
  code: z.string(),
  severity: z.enum(['critical', 'warning']),
  object: ref,
  affected: z.array(ref),
  summary: words,
  evidence: z.array(z.object({ on: ref, path: z.string(), says: z.string() })),
  changed: z
    .object({
      from: z.number(),
      to: z.number(),
      knownGood: z.boolean(),
      changes: z.array(
        z.object({ path: z.string(), before: z.string().exactOptional(), after: z.string().exactOptional() }),
      ),
    })
    .exactOptional(),
  near: z.array(z.string()),
  blast: z.object({ reach: z.enum(['users', 'partly', 'old-pods-serve', 'none', 'unknown']), text: z.string() }),
  fixes: z.array(fix),
  confidence: z.enum(['certain', 'likely', 'unclear']),
  wants: z.object({
    logs: z.array(z.object({ namespace: z.string(), pod: z.string(), container: z.string(), previous: z.boolean() })),
  }),
  managedBy: z.string().exactOptional(),
});

/** What can be done by a button: the change itself is worked out on the cluster's side, from the fix. */
export const pressable = ['rollback', 'restart', 'resume', 'patch', 'create', 'delete'] as const;

/** A fix that was tried out before it is offered: nothing was changed. */
const offer = z.object({
  /** Which one: the same for the same fix of the same verdict. */
  id: z.string(),
  title: z.string(),
  kind: z.enum(pressable),
  /** What would change, line by line. */
  before: z.string(),
  after: z.string(),
  /** What it was tried out on: where that is something else by now, nothing is done. */
  print: z.string().exactOptional(),
  /** Why it would not help, or could not be done. */
  hindered: z.string().exactOptional(),
  /** Nor would it help by hand: it is more than that the bot may not. */
  futile: z.literal(true).exactOptional(),
  /** Who would undo it: then it is a change to make in Git. */
  managedBy: z.string().exactOptional(),
  /** It can’t be taken back: to be said before it is pressed. */
  forGood: z.literal(true).exactOptional(),
  /** Somebody paused its rollout, which goes on by this: to be said before it is pressed. */
  resumes: z.literal(true).exactOptional(),
});
export type Offer = z.output<typeof offer>;

/** How to tell whose a service is, and where to look: from groundcrew.yaml. */
const looking = { include: z.array(z.string()), exclude: z.array(z.string()) };
export const rules = z.object({
  ownerKeys: z.array(z.string()),
  owners: z.record(z.string(), z.string()),
  ...looking,
  /** Where to look in a cluster of this name, in place of that. */
  clusters: z.record(z.string(), z.object(looking)).exactOptional(),
});
export type Rules = z.output<typeof rules>;

/** An action: looks at the cluster for somebody who asks. What goes wrong is a result too. */
export const clusterDiagnose = 'cluster.diagnose';
const wanted = z.union([
  /** One service: by its name, and by more of it when the name alone is not enough. */
  z.object({
    name: z.string(),
    namespace: z.string().exactOptional(),
    kind: z.string().exactOptional(),
    called: z.string().exactOptional(),
    /** A namespace, or what a cluster is called: who types says no more. */
    place: z.string().exactOptional(),
  }),
  /** All that these teams look after; null: all there is. */
  z.object({ teams: z.array(z.string()).readonly().nullable(), called: z.string().exactOptional() }),
]);
export type Wanted = z.output<typeof wanted>;
const asker = z.object({ person: z.string(), message: z.string() });
export const diagnoseAsked = z.object({ by: asker, wanted, rules });

/** Clusters that did not answer: what runs there is not told. */
const away = { away: z.array(z.string()).readonly().exactOptional() };
const verdictThere = z.intersection(verdict, z.object({ called: z.string().exactOptional() }));
export type VerdictThere = z.output<typeof verdictThere>;

export const looked = z.discriminatedUnion('is', [
  z.object({
    is: z.literal('found'),
    by: asker,
    cluster: z.string(),
    /** As of `seen`. */
    uid: z.string().exactOptional(),
    service,
    verdicts: z.array(verdict).readonly(),
    /** What mends the first of them, tried out just now; absent: that took too long for an answer. */
    offers: z.array(offer).readonly().exactOptional(),
    /** Why it could not be tried out. */
    untried: z.string().exactOptional(),
    ...away,
  }),
  z.object({ is: z.literal('several'), by: asker, name: z.string(), services: z.array(service).readonly(), ...away }),
  z.object({ is: z.literal('unknown'), by: asker, name: z.string(), near: z.array(service).readonly(), ...away }),
  z.object({
    is: z.literal('overview'),
    by: asker,
    teams: z.array(z.string()).readonly().nullable(),
    services: z.array(service).readonly(),
    more: z.number(),
    verdicts: z.array(verdictThere).readonly(),
    ...away,
  }),
  z.object({ is: z.literal('trouble'), by: asker, message: z.string() }),
]);
export type Looked = z.output<typeof looked>;

/** Observed: how a cluster was at one moment, whenever that differs from what was told before. */
export const incidentSeen = 'incident.seen';
const sighting = z.object({
  verdict,
  /** What it is about, where that is something people roll out. */
  service: service.exactOptional(),
  team: z.string().exactOptional(),
});
export type Sighting = z.output<typeof sighting>;
export const seen = z.object({
  cluster: z.string(),
  /** Who saw it, and the how-manieth look of theirs it was: a process that lost the lead is not listened to. */
  term: z.int(),
  n: z.int(),
  /** Which cluster it is, by the UID of its kube-system; absent: it may not be read. */
  uid: z.string().exactOptional(),
  at: z.iso.datetime().transform((at) => new Date(at)),
  sightings: z.array(sighting).readonly(),
  /** Services whose pods are not all there yet, by `kind/namespace/name`. */
  unsettled: z.array(z.string()).readonly(),
});
export type Seen = z.output<typeof seen>;

/** Observed: for minutes already it can’t be told how a cluster is. */
export const clusterAway = 'cluster.away';
export const awayFor = z.object({
  cluster: z.string(),
  /** Of who says so, as of `seen`. */
  term: z.int(),
  why: z.string(),
  since: z.iso.datetime().transform((at) => new Date(at)),
});

/** Observed: nobody looks at a cluster any more. */
export const clusterLeft = 'cluster.left';
export const left = z.object({ cluster: z.string() });

/** Observed: pod templates that are rolled out. */
export const rolloutSeen = 'rollout.seen';
export const rollouts = z.object({
  cluster: z.string(),
  /** As of `seen`. */
  uid: z.string().exactOptional(),
  rollouts: z
    .array(
      z.object({
        subject: z.string(),
        template: z.string(),
        team: z.string().exactOptional(),
        by: z.string().exactOptional(),
        committed: z.iso
          .datetime({ offset: true })
          .transform((at) => new Date(at))
          .exactOptional(),
      }),
    )
    .readonly(),
});

/** An action: tries fixes out without doing them. */
export const clusterPreflight = 'cluster.preflight';
export const preflightAsked = z.object({
  incident: z.string(),
  /** Where it was seen; what was asked for before there were several does not say. */
  cluster: z.string().exactOptional(),
  /** As of `seen`: of another one nothing is tried. */
  uid: z.string().exactOptional(),
  gist: z.string(),
  verdict,
});
export const preflown = z.object({
  incident: z.string(),
  gist: z.string(),
  offers: z.array(offer).readonly(),
  /** Why they could not be tried out. */
  untried: z.string().exactOptional(),
  /** A model’s words for it, where there is one. Nothing is decided by them. */
  words: z.string().max(1_000).exactOptional(),
});

/** What was there before: fields of its specification as they were, null where there was nothing. */
const putBack = z.object({ on: ref, put: z.record(z.string(), z.json()) });
export type PutBack = z.output<typeof putBack>;
/** Nothing was there before: the UID of what was made. */
const unmake = z.object({ on: ref, made: z.string() });
export type Unmake = z.output<typeof unmake>;
const undo = z.union([putBack, unmake]);
export type Undo = z.output<typeof undo>;

/** Somebody as the cluster knows them: by their address, and as groups their teams. */
const theirName = z.object({ user: z.string(), groups: z.array(z.string()).readonly() });

/** An action: does one, for whom it was authorised at the press. `key` makes it happen once. */
export const clusterFix = 'cluster.fix';
export const fixAsked = z.object({
  incident: z.string(),
  cluster: z.string().exactOptional(),
  /** As of `seen`: in another one nothing is done. */
  uid: z.string().exactOptional(),
  target: ref,
  todo: z.union([
    z.object({ fix, print: z.string().exactOptional() }),
    z.object({ undo, print: z.string().exactOptional() }),
  ]),
  /** When it was pressed. */
  at: z.iso.datetime(),
  /** First what is there is told, to be written down, and nothing is changed where that can be put back. */
  note: z.literal(true).exactOptional(),
  /** Asked of the cluster first, where the settings say so. */
  review: theirName.exactOptional(),
  /** Done under their name, where the settings say so. */
  as: theirName.exactOptional(),
});
export const fixed = z.union([
  z.object({
    incident: z.string(),
    ok: z.literal(true),
    undo: undo.exactOptional(),
    print: z.string().exactOptional(),
  }),
  z.object({ incident: z.string(), ok: z.literal(false), message: z.string() }),
  /** Nothing is done yet: what was there, what it will be like, and what is to be asked for next. */
  z.object({ incident: z.string(), noted: z.object({ undo, print: z.string() }), next: z.json() }),
]);

/** The result of one that could not be done for a day. */
export const fixGivenUp = async (input: Json, why: string): Promise<z.output<typeof fixed>> => ({
  incident: fixAsked.parse(input).incident,
  ok: false,
  message: `It could not be done for a day (${why}), so it was given up. Whether the cluster was changed is not known: look with “why” before you press again.`,
});

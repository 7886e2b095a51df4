import { clean, shorten, type Text } from '../kernel/text.ts';
import { managedBy } from './blast.ts';
import { describe, resume, rollback } from './fixes.ts';
import { mask } from './mask.ts';
import { condition, flag, obj, str } from './read.ts';
import { changedSince, differences, revisionAnnotation } from './revisions.ts';
import type { Stage } from './rule.ts';
import { type Joined, unique } from './together.ts';
import { type Blast, type Changed, type Evidence, type Fix, type Ref, refKey, type Verdict } from './verdict.ts';
import type { Workload } from './workloads.ts';

/** Quoted text is shortened to this many characters. */
const quote = 700;

export function toVerdict(j: Joined, blastFor: (ref: Ref) => Blast | undefined): Verdict {
  const { found, workload, rule } = j;
  const blast =
    found.blast ??
    together(unique([...(workload === undefined ? [] : [workload.ref]), ...j.affected]).map(blastFor), j.stage);
  const newest =
    workload !== undefined && !j.merged && (j.pods.length === 0 || j.pods.some((p) => workload.pods.includes(p)));
  const changed = newest ? changedSince(workload.revisions) : undefined;
  const managed = workload === undefined ? undefined : managedBy(workload.o);
  return tidy({
    code: rule.code,
    severity: blast.reach === 'users' ? 'critical' : 'warning',
    object: j.object,
    affected: j.affected.filter((ref) => refKey(ref) !== refKey(j.object)),
    summary: spoken(j.summary),
    evidence: evidenceOf([...found.evidence, ...machines(j), ...deadline(workload)]),
    ...(changed === undefined || changed.changes.length === 0 ? {} : { changed }),
    near: (found.near ?? []).map(mask),
    blast,
    fixes: fixesOf(j, changed),
    confidence: found.confidence ?? 'certain',
    wants: { logs: found.wants ?? [] },
    ...(managed === undefined ? {} : { managedBy: managed }),
  });
}

/** Names come from objects, and objects may be hostile: nothing in a verdict steers a terminal or turns a line around. */
function tidy<T>(value: T): T {
  if (typeof value === 'string') return clean(value) as T;
  if (Array.isArray(value)) return value.map(tidy) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, v]) => [clean(key), tidy(v)])) as T;
}

const spoken = (summary: Text): Text =>
  summary.map((span) => ('text' in span ? { ...span, text: shorten(mask(span.text), quote) } : span));

/** A DaemonSet fails on single machines: which ones tells more than how many. */
function machines({ workload, pods }: Joined): readonly Evidence[] {
  const names = [...new Set(pods.flatMap((p) => p.node ?? []))].toSorted();
  return workload?.ref.kind !== 'DaemonSet' || names.length === 0
    ? []
    : [{ on: workload.ref, path: 'Pod spec.nodeName', says: names.join(', ') }];
}

/** The cluster has given the rollout up by itself: the cause is as it was, but it will not go on by waiting. */
function deadline(w: Workload | undefined): readonly Evidence[] {
  const c = condition(w?.o, 'Progressing');
  return w === undefined || c?.status !== 'False' || str(c, 'reason') !== 'ProgressDeadlineExceeded'
    ? []
    : [
        {
          on: w.ref,
          path: 'status.conditions[Progressing].message',
          says: str(c, 'message') ?? 'ProgressDeadlineExceeded',
        },
      ];
}

function evidenceOf(evidence: readonly Evidence[]): readonly Evidence[] {
  const seen = new Set<string>();
  return evidence.flatMap(({ on, path, says }) => {
    // A reason without a message leaves a colon behind.
    const quoted = shorten(mask(says).trim(), quote).replace(/^([A-Z]\w+):$/, '$1');
    const key = `${path} ${quoted}`;
    if (quoted === '' || seen.has(key)) return [];
    seen.add(key);
    return [{ on, path, says: quoted }];
  });
}

/** Its rollout is paused, and there is something to roll out. */
const heldBack = ({ ref, o, maker, revisions: [newest] }: Workload): boolean =>
  ref.kind === 'Deployment' &&
  maker === undefined &&
  flag(o, 'spec', 'paused') &&
  newest !== undefined &&
  differences(newest.template, obj(o, 'spec', 'template')).length > 0;

function fixesOf(j: Joined, changed: Changed | undefined): readonly Fix[] {
  const { workload, merged } = j;
  // For many workloads at once only what mends their common cause is of use.
  const own = (j.found.fixes ?? []).filter(
    (fix) => harmless(fix) && (!j.merged || fix.command !== undefined || fix.kind === 'create'),
  );
  const back = rollbackOf(j, changed);
  // What somebody has changed meanwhile may be what mends it: it is only not rolled out yet.
  if (workload !== undefined && !merged && heldBack(workload)) return [resume(workload.ref), ...own];
  const looks = own.filter((fix) => fix.kind === 'look');
  const all =
    back === undefined
      ? own
      : changed?.knownGood
        ? [back, ...own]
        : [...own.filter((fix) => fix.kind !== 'look'), back, ...looks];
  return all.length === 0 && (j.object.namespace !== '' || !imagined.has(j.object.kind)) ? [describe(j.object)] : all;
}

/** What is at fault there is no object that could be looked at. */
const imagined = new Set(['Registry', 'Cluster', 'Webhook']);

function rollbackOf({ rule, workload, merged }: Joined, changed: Changed | undefined): Fix | undefined {
  if (!rule.rollback || workload === undefined || workload.maker !== undefined || merged) return undefined;
  const stuck = workload.ref.kind === 'StatefulSet' ? workload.pods.filter((p) => !p.ready).map((p) => p.ref.name) : [];
  if (changed !== undefined && changed.changes.length > 0 && changed.from > 0)
    return rollback(workload.ref, changed.from, stuck);
  // Without its ReplicaSets a Deployment's own count still says that there was a revision before.
  const count = Number(str(workload.o, 'metadata', 'annotations', revisionAnnotation));
  return workload.revisions.length === 0 && count > 1 ? rollback(workload.ref, undefined) : undefined;
}

/** A fix that would have to carry a secret is not offered: nobody should read it in a channel. */
const harmless = (fix: Fix): boolean =>
  mask(fix.title) === fix.title &&
  (fix.command === undefined
    ? open(fix.patch)
    : mask(fix.command.replace('--docker-password=TOKEN', '')) === fix.command.replace('--docker-password=TOKEN', ''));

const open = (value: unknown): boolean =>
  typeof value === 'string'
    ? mask(value) === value
    : typeof value !== 'object' || value === null || Object.values(value).every(open);

const order: readonly Blast['reach'][] = ['users', 'partly', 'unknown', 'old-pods-serve', 'none'];

/** The worst of several; where no pods are concerned, what the kind of failure means. */
function together(blasts: readonly (Blast | undefined)[], stage: Stage): Blast {
  if (stage === 'network') return { reach: 'users', text: 'Whoever calls it gets errors.' };
  const known = blasts.filter((b) => b !== undefined);
  const worst = known.toSorted((a, b) => order.indexOf(a.reach) - order.indexOf(b.reach))[0];
  if (worst === undefined) return { reach: 'unknown', text: 'It cannot be told who notices.' };
  if (known.length === 1) return worst;
  const hit = known.filter((b) => b.reach === 'users').length;
  return {
    reach: worst.reach,
    text:
      hit > 0
        ? `${hit} of ${known.length} have no ready pod: whoever uses them gets errors.`
        : `All ${known.length} have pods that still serve.`,
  };
}

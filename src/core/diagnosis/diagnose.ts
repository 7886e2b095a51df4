import { blastOf } from './blast.ts';
import type { Pod } from './pods.ts';
import { condition } from './read.ts';
import type { Family, Found, Rule, Stage } from './rule.ts';
import { families } from './rules/index.ts';
import { jobIsFine } from './rules/jobs.ts';
import { onDownNode } from './rules/nodes.ts';
import { createWorld, refOf, type Snapshot, type World } from './snapshot.ts';
import { join } from './together.ts';
import { type Ref, refKey, type Verdict } from './verdict.ts';
import { everyPod, subjectOf, unkept, type Workload, workloadsOf } from './workloads.ts';
import { toVerdict } from './write.ts';

/** What a rule found, and where: a verdict before it has been put beside the others. */
export type Draft = {
  readonly rule: Rule;
  readonly stage: Stage;
  readonly found: Found;
  readonly object: Ref;
  readonly workload?: Workload;
  /** The pods that it was found on. */
  readonly pods: readonly Pod[];
};

/** What is known of a part of a cluster by itself, before it is put beside the other parts. */
export type Examined = {
  readonly drafts: readonly Draft[];
  /** Those that a draft may name, by their keys. */
  readonly workloads: ReadonlyMap<string, Workload>;
  /** All is as it should be: then time alone hardly makes a difference. */
  readonly calm: boolean;
};

/**
 * Why workloads fail, from plain API objects alone: no network, no model, and it does not throw on objects that are
 * truncated or wrong. What is not a failure is not in the answer.
 */
export function diagnose(snapshot: Snapshot, now: Date): readonly Verdict[] {
  return conclude([examineAll(createWorld(snapshot, now.getTime()))]);
}

/** All of a world at once. */
export function examineAll(world: World): Examined {
  const workloads = workloadsOf(world);
  return examined(workloads, ofObjects(world, workloads), world);
}

/** One namespace, with what it needs of others at hand. */
export function examine(world: World, namespace: string): Examined {
  const workloads = workloadsOf(world, namespace);
  return examined(workloads, ofObjects(world, workloads, namespace), world);
}

/** What belongs to no namespace, such as a machine. Workloads are asked for only when something is wrong. */
export function examineCommons(world: World): Examined {
  const wrong = ofObjects(world, [], '').length > 0;
  // A machine that has just come, or gone, is wrong only after a while.
  return { drafts: wrong ? ofObjects(world, workloadsOf(world), '') : [], workloads: new Map(), calm: false };
}

function examined(workloads: readonly Workload[], found: readonly Draft[], world: World): Examined {
  const drafts = [...workloads.flatMap((w) => ofWorkload(w, world)), ...found];
  return {
    drafts,
    workloads: new Map(workloads.map((w) => [refKey(w.ref), w])),
    calm: drafts.length === 0 && workloads.every((w) => everyPod(w).every(runs)),
  };
}

const runs = (pod: Pod): boolean => pod.phase === 'Succeeded' || (pod.ready && !pod.leaving && pod.phase === 'Running');

/** What the parts of a cluster show together: causes without their symptoms, and once where they are the same. */
export function conclude(parts: readonly Examined[]): readonly Verdict[] {
  const workload = (key: string) =>
    parts
      .values()
      .map((p) => p.workloads.get(key))
      .find((w) => w !== undefined);
  return join(parts.flatMap((p) => p.drafts))
    .map((one) => toVerdict(one, (ref) => blastIf(workload(refKey(ref)))))
    .toSorted(
      (a, b) =>
        Number(b.severity === 'critical') - Number(a.severity === 'critical') ||
        refKey(a.object).localeCompare(refKey(b.object)) ||
        a.code.localeCompare(b.code),
    );
}

const blastIf = (w: Workload | undefined) => (w === undefined ? undefined : blastOf(w));

function ofWorkload(w: Workload, world: World): readonly Draft[] {
  if (jobIsFine(w, world)) return [];
  const pods = everyPod(w).filter((p) => !isWell(p) && p.phase !== 'Succeeded' && !onDownNode(world, p.node));
  const judged = new Set<Pod>();
  const drafts: Draft[] = [];
  // A job that is over has its pods' failures in its own.
  const order =
    w.ref.kind === 'Job'
      ? families.toSorted((a, b) => Number(b.stage === 'jobs') - Number(a.stage === 'jobs'))
      : families;
  for (const family of order) {
    if (family.stage === 'rollout' && drafts.length > 0) break;
    for (const rule of family.rules) {
      const found =
        rule.about === 'workload'
          ? fromWorkload(rule, family, w, world)
          : rule.about === 'pod'
            ? fromPods(rule, family, w, pods, judged, world)
            : undefined;
      if (found === undefined) continue;
      drafts.push(found);
      if (family.stage === 'jobs') return drafts;
      if (rule.about === 'workload') break;
    }
  }
  return drafts;
}

function fromWorkload(
  rule: Extract<Rule, { about: 'workload' }>,
  family: Family,
  w: Workload,
  world: World,
): Draft | undefined {
  const found = rule.find(w, world);
  return found && { rule, stage: family.stage, found, object: found.object ?? subjectOf(w), workload: w, pods: [] };
}

/** The pods that this rule explains, told once: fifty pods of one workload are one failure. */
function fromPods(
  rule: Extract<Rule, { about: 'pod' }>,
  family: Family,
  w: Workload,
  pods: readonly Pod[],
  judged: Set<Pod>,
  world: World,
): Draft | undefined {
  const finds: { readonly pod: Pod; readonly found: Found }[] = [];
  for (const pod of pods) {
    if (judged.has(pod) || (gone(pod, w) && family.stage !== 'nodes')) continue;
    const found = rule.find(pod, w, world);
    if (found === undefined) continue;
    judged.add(pod);
    finds.push({ pod, found });
  }
  const [first] = finds;
  if (first === undefined) return undefined;
  const wants = finds.flatMap(({ found }) => found.wants ?? []).slice(0, 2);
  return {
    rule,
    stage: family.stage,
    found: { ...first.found, wants },
    object: first.found.object ?? subjectOf(w),
    workload: w,
    pods: finds.map(({ pod }) => pod),
  };
}

/** A pod that has ended or is on its way out tells nothing of how its successors fare. */
const gone = (pod: Pod, w: Workload): boolean => pod.leaving || (pod.phase === 'Failed' && succeeded(pod, w));

/** Whether another pod takes its place; where that is not known, one that came later and is well. */
const succeeded = (pod: Pod, w: Workload): boolean =>
  !unkept(w) || everyPod(w).some((p) => p.ready && !p.leaving && p.age < pod.age);

const isWell = (pod: Pod): boolean =>
  pod.ready &&
  !pod.leaving &&
  pod.phase === 'Running' &&
  pod.containers.every((c) => c.restarts === 0) &&
  condition(pod.o, 'DisruptionTarget') === undefined;

function ofObjects(world: World, workloads: readonly Workload[], namespace?: string): readonly Draft[] {
  const drafts: Draft[] = [];
  const told = new Set<string>();
  for (const family of families)
    for (const rule of family.rules) {
      if (rule.about !== 'object') continue;
      for (const o of world.all(rule.kind, namespace)) {
        const object = refOf(rule.kind, o);
        // The first rule of a family that fits an object is its cause, as with pods.
        const key = `${family.stage} ${refKey(object)}`;
        if (told.has(key)) continue;
        const found = rule.find(o, world, workloads);
        if (found === undefined) continue;
        told.add(key);
        drafts.push({ rule, stage: family.stage, found, object: found.object ?? object, pods: [] });
      }
    }
  return drafts;
}

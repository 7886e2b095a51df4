import { code, type Text, text } from '../kernel/text.ts';
import type { Draft } from './diagnose.ts';
import { type Ref, refKey } from './verdict.ts';

/** A draft with everything that it explains beside its own object. */
export type Joined = Draft & { readonly affected: readonly Ref[]; readonly summary: Text; readonly merged: boolean };

/** Symptoms go under their cause, and what has one cause becomes one verdict with many names. */
export function join(drafts: readonly Draft[]): readonly Joined[] {
  const absorbed = absorb(drafts);
  const groups = Map.groupBy(absorbed, ({ draft }, i) => {
    const { upstream, object } = draft.found;
    if (upstream !== undefined) return `${draft.rule.code} ${refKey(upstream)}`;
    // What one operator made for one object is one failure, however many parts it has.
    const maker = object === undefined ? draft.workload?.maker : undefined;
    return maker === undefined ? `alone ${i}` : `${draft.rule.code} made ${refKey(maker.ref)}`;
  });
  return [...groups.values()].map((group) => one(group));
}

type Absorbing = { readonly draft: Draft; readonly suffers: readonly Ref[] };

function absorb(drafts: readonly Draft[]): readonly Absorbing[] {
  const troubled = Map.groupBy(
    drafts.flatMap((draft) => trouble(draft).map((ref) => ({ key: refKey(ref), draft }))),
    ({ key }) => key,
  );
  const causeOf = (draft: Draft): Draft | undefined =>
    draft.found.symptomOf
      ?.flatMap((ref) => troubled.get(refKey(ref)) ?? [])
      .map((t) => t.draft)
      .find((cause) => cause !== draft && !mutual(cause, draft));
  const suffers = new Map<Draft, Ref[]>(drafts.map((d) => [d, []]));
  const kept = drafts.filter((draft) => {
    let root = causeOf(draft);
    for (let i = 0; root !== undefined && i < 10; i++) {
      const above = causeOf(root);
      if (above === undefined || above === draft) break;
      root = above;
    }
    if (root === undefined) return true;
    if (draft.workload !== undefined) suffers.get(root)?.push(draft.workload.ref);
    return false;
  });
  return kept.map((draft) => ({ draft, suffers: suffers.get(draft) ?? [] }));
}

/** Two that blame each other are both told. */
const mutual = (a: Draft, b: Draft): boolean => {
  const blamed = new Set((a.found.symptomOf ?? []).map(refKey));
  return trouble(b).some((ref) => blamed.has(refKey(ref)));
};

const trouble = (d: Draft): readonly Ref[] => [
  d.object,
  ...(d.workload === undefined ? [] : [d.workload.ref]),
  // What a machine or a disk takes with it is in trouble for that reason.
  ...(d.stage === 'nodes' || d.stage === 'volumes' ? (d.found.affected ?? []) : []),
];

function one(group: readonly Absorbing[]): Joined {
  const { draft } = group[0] as Absorbing;
  const objects = unique(group.map((g) => g.draft.object));
  const merged = objects.length > 1 && draft.found.upstream !== undefined;
  const named = group.flatMap((g) => [
    ...(g.draft.workload === undefined ? [] : [g.draft.workload.ref]),
    ...(g.draft.found.affected ?? []),
    ...g.suffers,
  ]);
  const object = merged ? (draft.found.upstream as Ref) : draft.object;
  const affected = unique(merged && draft.workload === undefined ? [...objects, ...named] : named).filter(
    (ref) => refKey(ref) !== refKey(object),
  );
  const summary = merged
    ? text`${draft.found.together ?? draft.found.summary} ${names(affected)}`
    : draft.found.summary;
  return { ...draft, object, affected, summary, merged };
}

export const unique = (refs: readonly Ref[]): readonly Ref[] => [...new Map(refs.map((r) => [refKey(r), r])).values()];

/** So many names are read; the others are counted. */
const most = 20;

function names(refs: readonly Ref[]): Text {
  const shown = refs
    .slice(0, most)
    .flatMap((ref, i): Text => (i === 0 ? [code(ref.name)] : [...text`, `, code(ref.name)]));
  const more = refs.length - most;
  return text`That affects ${refs.length} workloads: ${shown}${more > 0 ? ` and ${more} more` : ''}.`;
}

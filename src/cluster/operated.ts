import { diagnose, type Verdict } from '../core/diagnosis/index.ts';
import { list as items, meta, type Obj, str } from '../core/diagnosis/read.ts';
import { type Ref, refKey, sameRef } from '../core/diagnosis/verdict.ts';
import { concerns, ownerOf } from '../core/incidents/rules.ts';
import type { Rules, Service } from '../core/incidents/seen.ts';
import type { Api } from './api.ts';
import { kinds, namespaces } from './kinds.ts';
import { list } from './list.ts';
import { look } from './look.ts';
import { marksOf, scopes } from './survey.ts';

/*
 * What an operator runs for an object of its own kind, such as a CloudNativePG Cluster: the object itself is not read,
 * since its kinds have no end; what it owns says its name.
 */

const known: ReadonlySet<string> = new Set([...kinds.map(({ kind }) => kind), 'Node']);
/** What operators make: pods by themselves, or workloads that make them. */
const made = kinds.filter(({ kind }) => ['Pod', 'StatefulSet', 'Deployment'].includes(kind));

const controllerOf = (o: Obj): Ref | undefined => {
  const owner = items(o, 'metadata', 'ownerReferences').find((r) => r.controller === true);
  const [kind, name] = [str(owner, 'kind'), str(owner, 'name')];
  return kind === undefined || name === undefined ? undefined : { kind, name, namespace: meta(o).namespace };
};

/** All objects that an operator takes care of, by what it made for them. */
export async function operated(api: Api, rules: Rules): Promise<readonly Service[]> {
  const found = new Map<string, { readonly ref: Ref; readonly parts: Obj[] }>();
  const spaces = new Map((await list(api, namespaces, undefined)).objects.map((n) => [meta(n).name, marksOf(n)]));
  for (const scope of scopes(rules))
    for (const kind of made)
      for (const o of (await list(api, { ...kind, namesOnly: true }, scope)).objects) {
        const ref = controllerOf(o);
        if (ref === undefined || known.has(ref.kind)) continue;
        const one = found.get(refKey(ref)) ?? { ref, parts: [] };
        one.parts.push(o);
        found.set(refKey(ref), one);
      }
  return [...found.values()].map(({ ref, parts }) => {
    const team = ownerOf(marksOf(parts[0]), spaces.get(ref.namespace) ?? new Map(), ref.namespace, rules);
    return { ref, desired: 0, ready: 0, settled: true, ...(team === undefined ? {} : { team }) };
  });
}

/** How it fares, from the pods that belong to it, and what is wrong with any of its parts. */
export async function operatedVerdicts(
  api: Api,
  service: Service,
  now: Date,
): Promise<{ readonly service: Service; readonly verdicts: readonly Verdict[] }> {
  const { snapshot } = await look(api, service.ref.namespace, now);
  const all = items({ objects: snapshot.objects }, 'objects');
  const mine = [service.ref];
  // Down from owner to owned: an operator’s StatefulSet has pods of its own.
  for (const ref of mine)
    for (const o of all) {
      const owner = controllerOf(o);
      if (owner !== undefined && sameRef(owner, ref)) mine.push({ ...meta(o), kind: str(o, 'kind') ?? '' });
    }
  const belongs = (ref: Ref) => mine.some((m) => sameRef(m, ref));
  const pods = all.filter((o) => o.kind === 'Pod' && belongs({ ...meta(o), kind: 'Pod' }));
  const ready = pods.filter((p) =>
    items(p, 'status', 'conditions').some((c) => c.type === 'Ready' && c.status === 'True'),
  ).length;
  return {
    service: { ...service, desired: pods.length, ready, settled: ready === pods.length },
    verdicts: diagnose(snapshot, now).filter(
      (v) => concerns(v, service.ref) || belongs(v.object) || v.affected.some(belongs),
    ),
  };
}

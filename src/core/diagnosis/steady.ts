import type { Rule } from './rule.ts';
import { families } from './rules/index.ts';
import { type Ref, refKey, type Verdict } from './verdict.ts';

/** In milliseconds. A watch that breaks off is there again within seconds: until then nothing new is told by what is old. */
const patience = 60_000;

/** A pod speaks for itself; events only say more of what its objects show. */
const itself = new Set(['Pod', 'Event']);
const reads = (rule: Rule): readonly string[] =>
  rule.about === 'pod'
    ? []
    : [...(rule.about === 'object' ? [rule.kind] : []), ...rule.reads.map((read) => read.split(' ')[0] ?? '')].filter(
        (kind) => !itself.has(kind),
      );
const kindsOf = new Map(
  families.flatMap((f) => f.rules.map((rule) => [rule.code, [...new Set(reads(rule))]] as const)),
);

const keyOf = (v: Verdict): string => `${v.code} ${refKey(v.object)}`;

/**
 * Verdicts over time, while some kinds are not followed: `old` says why what we have of a kind is not how it is now. What
 * was told stays, since that it is over is not known, save of what is itself `gone`; what is new waits a little, and says then
 * by what it goes.
 */
export function createSteady() {
  let told = new Map<string, Verdict>();
  let since = new Map<string, number>();

  return (
    verdicts: readonly Verdict[],
    now: number,
    old: (kind: string) => string | undefined,
    gone: (object: Ref) => boolean = () => false,
  ): readonly Verdict[] => {
    const noted = (v: Verdict): { readonly v: Verdict; readonly old: boolean } => {
      const kinds = (kindsOf.get(v.code) ?? []).filter((kind) => old(kind) !== undefined);
      const evidence = kinds.map((kind) => ({
        on: { kind, namespace: '', name: '' },
        path: 'watch',
        says: `how it is now is not known: ${old(kind)}`,
      }));
      return { v: kinds.length === 0 ? v : { ...v, evidence: [...v.evidence, ...evidence] }, old: kinds.length > 0 };
    };
    const waiting = new Map<string, number>();
    const current = new Map<string, Verdict>();
    for (const one of verdicts) {
      const [key, { v, old: doubtful }] = [keyOf(one), noted(one)];
      const first = since.get(key) ?? now;
      if (doubtful && !told.has(key) && now - first < patience) waiting.set(key, first);
      else current.set(key, v);
    }
    const here = new Set(verdicts.map(keyOf));
    for (const [key, before] of told) {
      const plain = { ...before, evidence: before.evidence.filter((e) => e.path !== 'watch') };
      const { v, old: doubtful } = noted(plain);
      if (!here.has(key) && doubtful && !gone(before.object)) current.set(key, v);
    }
    told = current;
    since = waiting;
    return [...current.values()];
  };
}

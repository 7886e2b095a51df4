import type { Json } from '../../core/kernel/inbound.ts';
import type { Verb } from '../../core/runs/run.ts';
import { manager, type Target } from './objects.ts';

/** Fields that a verb sets are its own, so that a later change of the thing does not drop them; waking undoes hibernating. */
const managers: Readonly<Partial<Record<Verb, string>>> = { hibernate: `${manager}-sleep`, wake: `${manager}-sleep` };
export const operator = (verb: Verb): string => managers[verb] ?? `${manager}-${verb}`;

const isObject = (value: Json): value is { readonly [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The fields that are set, or, of those that are `null`, taken away: whoever has set them. */
function part(value: Json, away: boolean): Json | undefined {
  if (!isObject(value)) return (value === null) === away ? value : undefined;
  const entries = Object.entries(value).flatMap(([key, each]) => {
    const kept = part(each, away);
    return kept === undefined ? [] : [[key, kept] as const];
  });
  return entries.length > 0 || (!away && Object.keys(value).length === 0) ? Object.fromEntries(entries) : undefined;
}
type Set_ = { readonly [key: string]: Json };
export const fieldsSet = (set: Set_): Set_ => (part(set, false) ?? {}) as Set_;
/** Undefined: nothing is taken away. */
export const fieldsAway = (set: Set_): Set_ | undefined => part(set, true) as Set_ | undefined;

/** What is applied of an object: which it is, and the fields that are set. */
export function operationBody(
  { apiVersion, kind, name, namespace }: Target,
  set: { readonly [key: string]: Json },
): object {
  const metadata = set.metadata;
  const own = typeof metadata === 'object' && metadata !== null && !Array.isArray(metadata) ? metadata : {};
  return { ...set, apiVersion, kind, metadata: { ...own, name, ...(namespace === undefined ? {} : { namespace }) } };
}

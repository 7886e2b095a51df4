import type { Json } from '../../core/kernel/inbound.ts';
import type { Verb } from '../../core/runs/run.ts';
import { manager, type Target } from './objects.ts';

/** Fields that a verb sets are its own, so that a later change of the thing does not drop them; waking undoes hibernating. */
const managers: Readonly<Partial<Record<Verb, string>>> = { hibernate: `${manager}-sleep`, wake: `${manager}-sleep` };
export const operator = (verb: Verb): string => managers[verb] ?? `${manager}-${verb}`;

/** What is applied of an object: which it is, and the fields that are set. */
export function operationBody(
  { apiVersion, kind, name, namespace }: Target,
  set: { readonly [key: string]: Json },
): object {
  const metadata = set.metadata;
  const own = typeof metadata === 'object' && metadata !== null && !Array.isArray(metadata) ? metadata : {};
  return { ...set, apiVersion, kind, metadata: { ...own, name, ...(namespace === undefined ? {} : { namespace }) } };
}

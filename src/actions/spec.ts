import { z } from 'zod';
import { Problem } from '../core/kernel/problem.ts';
import type { Order, Verb } from '../core/runs/run.ts';

/*
 * What the sections `backend:` of golden paths have in common. The values of a person are in them already; each backend's
 * schema is what its section is checked against when the catalog is read and again before anything is done.
 */

/** A name as Kubernetes, Helm and DNS take it. */
export const dnsLabel = z
  .string()
  .max(63)
  .regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/, 'write lower-case letters, digits and dashes');

/** A folder, a file or an address that a command line gets: never an option. */
export const operand = z
  .string()
  .min(1)
  .max(1_000)
  .regex(/^[^-\0\n][^\0\n]*$/, 'may not begin with a dash');

export const values = z.record(z.string().min(1).max(200), z.json());

/** The section of an order by the backend's own schema. */
export function specOf<T extends z.ZodType>(schema: T, order: Order): z.output<T> {
  const parsed = schema.safeParse(order.spec);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new Problem(
    'path_section_invalid',
    `The golden path ${order.path} ${order.version} can’t be carried out: “backend.${issue?.path.map(String).join('.')}” in its path.yaml: ${issue?.message}. Nothing was done. Its owner can correct it; “groundcrew catalog check” shows where.`,
  );
}

export const verbUnsupported = (order: Order): Problem =>
  new Problem(
    'verb_unsupported',
    `The golden path ${order.path} ${order.version} does not say how to ${order.verb} what it makes, so nothing was done. Its owner can add “verbs.${order.verb}” to the section “backend” of its path.yaml.`,
  );

/** The part of a section that says how a verb is done; verbs of which it says nothing are refused. */
export function partFor<T>(verbs: { readonly [V in Verb]?: T | undefined } | undefined, order: Order): T {
  const part = verbs?.[order.verb];
  if (part === undefined) throw verbUnsupported(order);
  return part;
}

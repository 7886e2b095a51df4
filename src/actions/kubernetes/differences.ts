import { createTwoFilesPatch } from 'diff';
import { stringify } from 'yaml';
import type { Live } from './objects.ts';

/** What the server keeps of an object for itself: no part of what anybody asked for. */
const noise = ['managedFields', 'resourceVersion', 'uid', 'creationTimestamp', 'generation', 'selfLink'];
const noisy = /^(groundcrew\.dev\/|kubectl\.kubernetes\.io\/last-applied|deployment\.kubernetes\.io\/revision)/;

/** What there is to see of an object: without what the server keeps, and without what is secret. */
function seen({ status: _, ...object }: Live): Record<string, unknown> {
  const metadata = Object.fromEntries(Object.entries(object.metadata).filter(([key]) => !noise.includes(key)));
  const annotations = Object.fromEntries(
    Object.entries(object.metadata.annotations ?? {}).filter(([key]) => !noisy.test(key)),
  );
  const { annotations: __, ...others } = metadata;
  const shown = { ...others, ...(Object.keys(annotations).length > 0 ? { annotations } : {}) };
  const secrets = object.kind === 'Secret' ? hide(object, ['data', 'stringData']) : object;
  return { ...secrets, metadata: shown };
}
const hide = (object: Record<string, unknown>, fields: readonly string[]): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(object).map(([key, value]) => [
      key,
      fields.includes(key) && typeof value === 'object' && value !== null
        ? Object.fromEntries(Object.keys(value).map((name) => [name, '(hidden)']))
        : value,
    ]),
  );

const yaml = (object: Live): string => stringify(seen(object), { sortMapEntries: true, lineWidth: 0 });

/** The difference between an object as it is and as it would be; empty when there is none. */
export function difference(name: string, before: Live | undefined, after: Live | undefined): string {
  const [was, is] = [before ? yaml(before) : '', after ? yaml(after) : ''];
  if (was === is) {
    // Of a secret, what is different can't be shown, only that it is.
    const changed = before?.kind === 'Secret' && JSON.stringify([before.data]) !== JSON.stringify([after?.data]);
    return changed ? `--- ${name}\n+++ ${name}\n (its values change; they are hidden)\n` : '';
  }
  return createTwoFilesPatch(name, name, was, is, undefined, undefined, { context: 3 }).replace(/^=+\n/, '');
}

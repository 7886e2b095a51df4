import { createTwoFilesPatch } from 'diff/lib/patch/create.js';
import { stringify } from 'yaml';
import type { Preview } from '../../core/runs/run.ts';
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

/** The difference, with the object's name above it. */
export const patch = (name: string, before: string, after: string): string =>
  createTwoFilesPatch(name, name, before, after, undefined, undefined, { context: 3 }).replace(/^Index: .*\n=+\n/, '');

const yaml = (object: Live): string => stringify(seen(object), { sortMapEntries: true, lineWidth: 0 });

type Does = Preview['changes'][number]['does'];
/** What becomes of one object. `text`: the new object, or the difference. */
export type Change = { readonly what: string; readonly does: Does; readonly text: string };

export function changeOf(what: string, before: Live | undefined, after: Live | undefined): Change {
  if (!before) return { what, does: 'create', text: after ? yaml(after) : '' };
  if (!after) return { what, does: 'delete', text: '' };
  const [was, is] = [yaml(before), yaml(after)];
  if (was !== is) return { what, does: 'change', text: patch(what, was, is) };
  // Of a secret, what is different can't be shown, only that it is.
  const hidden = before.kind === 'Secret' && JSON.stringify(before.data) !== JSON.stringify(after.data);
  return hidden
    ? { what, does: 'change', text: `--- ${what}\n+++ ${what}\n (its values change; they are hidden)\n` }
    : { what, does: 'keep', text: '' };
}

const words: Readonly<Record<Does, string>> = {
  create: 'made',
  change: 'changed',
  delete: 'deleted',
  keep: 'kept',
};
const longest = 30_000;

/** All of it in one line, and what there is to see of it. */
export function summed(changes: readonly Change[]): Preview {
  const counted = Object.entries(words).flatMap(([does, word]) => {
    const n = changes.filter((c) => c.does === does).length;
    return n === 0 || does === 'keep' ? [] : [{ n, word }];
  });
  const told = counted.map(({ n, word }, i) =>
    i === 0 ? `${n} ${n === 1 ? 'object' : 'objects'} will be ${word}` : `${n} ${word}`,
  );
  const nothing = changes.length === 0 ? 'There is nothing left of it' : 'Nothing would change';
  const anew = changes.every((c) => c.does !== 'change');
  const texts = changes.flatMap(({ what, does, text }) =>
    text === '' ? [] : [anew || does === 'change' ? text : patch(what, '', text)],
  );
  const text = texts.join(anew ? '---\n' : '').slice(0, longest);
  return {
    summary: told.join(', ') || nothing,
    changes: changes.map(({ what, does }) => ({ what, does })),
    ...(text ? { detail: { language: anew ? 'yaml' : 'diff', text } } : {}),
    destroys: changes.filter((c) => c.does === 'delete').length,
  };
}

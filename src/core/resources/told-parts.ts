import type { GoldenPath } from '../catalog/path.ts';
import { type Block, type Button, strong, type Text, text, type View } from '../kernel/index.ts';
import type { Resource } from './store.ts';

/* What direct messages about a thing are made of. */

export const press = (name: string, value: object) => ({ name, value: JSON.stringify(value) });
export const named = (resource: Resource, path: GoldenPath | undefined): Text =>
  path ? text`${strong(resource.name)} (${path.title})` : [strong(resource.name)];

export const told = (
  title: string,
  summary: string,
  blocks: readonly Block[],
  buttons: readonly Button[] = [],
): View => ({
  id: 'resources.told',
  title,
  summary,
  blocks: [...blocks, ...(buttons.length > 0 ? [{ kind: 'buttons', buttons } as const] : [])],
});
export const notice = (tone: 'info' | 'good' | 'warn' | 'bad', words: Text): Block => ({
  kind: 'notice',
  tone,
  text: words,
});

import { at, type Fields, fieldsOf, type Json, listOf, textOf } from '../json.ts';
import type { KubeObject } from '../types.ts';
import { age } from './age.ts';

export type Column = {
  readonly name: string;
  readonly type?: 'string' | 'integer' | 'date';
  /** Shown by `-o wide` only. */
  readonly wide?: true;
  readonly of: (object: KubeObject, now: number) => Json;
};

export const text = (object: KubeObject, ...path: readonly string[]): string => {
  const value = at(object as Fields, ...path);
  return value === undefined || value === null ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value);
};
export const number = (object: KubeObject, ...path: readonly string[]): number =>
  Number(at(object as Fields, ...path) ?? 0);

export const nameColumn: Column = { name: 'Name', of: ({ metadata }) => metadata.name };
export const ageColumn: Column = { name: 'Age', of: ({ metadata }, now) => age(metadata.creationTimestamp, now) };
export const field = (name: string, ...path: readonly string[]): Column => ({
  name,
  of: (one) => text(one, ...path) || '<none>',
});
export const count = (name: string, ...path: readonly string[]): Column => ({
  name,
  type: 'integer',
  of: (one) => number(one, ...path),
});
export const wide = (column: Column): Column => ({ ...column, wide: true });

export const pairs = (value: Json | undefined): string =>
  Object.entries(fieldsOf(value))
    .map(([key, of]) => `${key}=${String(of)}`)
    .join(',') || '<none>';
export const containers = (of: 'name' | 'image'): Column => ({
  name: of === 'name' ? 'Containers' : 'Images',
  wide: true,
  of: (one) =>
    listOf(at(one.spec, 'template', 'spec', 'containers'))
      .map((container) => textOf(at(container, of)))
      .join(','),
});
export const selector: Column = {
  name: 'Selector',
  wide: true,
  of: (one) => pairs(at(one.spec, 'selector', 'matchLabels') ?? one.spec?.selector),
};
export const workload = [containers('name'), containers('image'), selector];

export const condition = (one: KubeObject, type: string): string =>
  textOf(
    at(
      listOf(one.status?.conditions).find((each) => at(each, 'type') === type),
      'status',
    ),
  );

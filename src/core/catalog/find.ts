import { closest } from './names.ts';
import type { BrokenPath, Catalog, GoldenPath } from './path.ts';

export type Found =
  | { readonly is: 'found'; readonly path: GoldenPath }
  | { readonly is: 'broken'; readonly path: BrokenPath }
  | { readonly is: 'unknown'; readonly meant?: GoldenPath };

const said = (text: string) => text.trim().toLowerCase().replace(/\s+/g, ' ');

/** The path that a person typed: by name, by alias, by title; case does not matter. */
export function findPath(catalog: Catalog, typed: string): Found {
  const name = said(typed);
  const path =
    catalog.paths.find((p) => p.name === name) ??
    catalog.paths.find((p) => [p.title, ...p.aliases].some((n) => said(n) === name));
  if (path) return { is: 'found', path };
  const broken = catalog.broken.find((p) => said(p.name) === name);
  if (broken) return { is: 'broken', path: broken };
  const near = closest(
    name,
    catalog.paths.flatMap((p) => [p.name, ...p.aliases]),
  );
  const meant = near === undefined ? undefined : catalog.paths.find((p) => p.name === near || p.aliases.includes(near));
  return { is: 'unknown', ...(meant ? { meant } : {}) };
}

export type Usable =
  /** `notice`: it can be used, and this should be said. */
  { readonly ok: true; readonly notice?: string } | { readonly ok: false; readonly why: string };

/**
 * Whether something new may be made from a path on a day (`YYYY-MM-DD`). `failures`: of its canary, in a row, up to
 * now. What is there already stays, and can be changed and deleted.
 */
export function usable(path: GoldenPath, today: string, failures = 0): Usable {
  const { lifecycle, verify } = path;
  if (lifecycle.is === 'blocked')
    return { ok: false, why: `“${path.title}” can’t be used at the moment: ${lifecycle.because}` };
  const instead =
    lifecycle.is === 'deprecated'
      ? `${lifecycle.because ? ` ${lifecycle.because}` : ''}${lifecycle.successor ? ` Please use “${lifecycle.successor}” instead.` : ''}`
      : '';
  if (lifecycle.is === 'deprecated' && lifecycle.on <= today)
    return { ok: false, why: `Since ${lifecycle.on} nothing new is made from “${path.title}”.${instead}` };
  if (path.unavailable !== undefined) return { ok: false, why: path.unavailable };
  if (verify && failures >= verify.hideAfter)
    return {
      ok: false,
      why: `“${path.title}” is hidden, because its last ${failures} test runs failed. ${path.owner} has been told; it comes back by itself when a test run succeeds.`,
    };
  return lifecycle.is === 'deprecated'
    ? { ok: true, notice: `From ${lifecycle.on} on nothing new will be made from this.${instead}` }
    : { ok: true };
}

import { z } from 'zod';
import { condition } from '../catalog/expression.ts';
import { scopeOf } from '../catalog/facts.ts';
import type { Found } from '../catalog/find.ts';
import { mentioned, wished } from '../catalog/mention.ts';
import type { GoldenPath } from '../catalog/path.ts';
import { freshness } from '../freshness/rules.ts';
import {
  type Effects,
  type Handler,
  onCommand,
  onPress,
  type Person,
  type PersonCtx,
  type View,
  whisper,
} from '../kernel/index.ts';
import { catalogView, type Listed, noTeamView, unknownView, wishView } from './catalog-view.ts';
import { presses, type Store } from './keys.ts';
import { factsOf, teamsOf, usableFor, withDocs } from './scope.ts';

/** What a rule asks of the request itself: before there is one, nobody can say. */
const ofRequest = /\b(params|cost|quota|team|environment|verb|operation|resource|request)\b/;

/**
 * Why somebody may make nothing at all from a path, whatever they fill in; undefined when that depends. Rules about the
 * person alone decide; a rule about the request that could still allow it leaves it open.
 */
export function closedTo(path: GoldenPath, by: Person, now: Date): string | undefined {
  const facts = factsOf(path, { number: 0, verb: 'create', team: '', values: {} }, by, now);
  for (const [i, rule] of path.policy.entries()) {
    if (ofRequest.test(rule.when)) {
      if (rule.verdict === 'deny') continue;
      return undefined;
    }
    if (condition(rule.when, scopeOf(facts), `${path.name}: policy[${i}].when`))
      return rule.verdict === 'deny' ? rule.because : undefined;
  }
  return undefined;
}

/** Ordered for the person: what is made for people like them first, then as the catalog has it. */
async function listed(ctx: PersonCtx<Store>): Promise<readonly Listed[]> {
  const { by, now } = ctx;
  const fits = (path: GoldenPath) => (by.persona && path.personas.includes(by.persona) ? 0 : 1);
  const health = new Map((await ctx.store.health.all()).map((h) => [h.path, h]));
  const rows = ctx.catalog.paths.map((raw): Listed => {
    const path = withDocs(raw, ctx);
    const known = health.get(path.name);
    const fresh = usableFor(path, known, by, now);
    if (!fresh.ok) return { path, closed: fresh.why };
    const verified = freshness(path, known, now);
    const closed = closedTo(path, by, now);
    if (closed !== undefined) return { path, closed };
    return {
      path,
      ...(fresh.notice === undefined ? {} : { notice: fresh.notice }),
      ...(verified === undefined ? {} : { verified }),
    };
  });
  const open = (row: Listed) => (row.closed === undefined ? 0 : 1);
  return rows.toSorted((a, b) => open(a) - open(b) || fits(a.path) - fits(b.path));
}

async function wholeCatalog(ctx: PersonCtx<Store>, all: boolean): Promise<View> {
  const platform = ctx.by.roles.has('platform') || ctx.by.roles.has('admin');
  return catalogView({
    paths: await listed(ctx),
    broken: platform ? ctx.catalog.broken : [],
    teamless: teamsOf(ctx.by, ctx).length === 0,
    owner: ctx.settings.name,
    all,
  });
}
export const catalogAnswer = async (ctx: PersonCtx<Store>): Promise<Effects> => [
  whisper(await wholeCatalog(ctx, false)),
];

export const noTeamAnswer = (ctx: PersonCtx<Store>): Effects => [whisper(noTeamView(ctx.settings.name))];

/** What was typed is no path that can be used: those that were perhaps meant, or what is wrong with it. */
export async function unknownAnswer(
  typed: string,
  found: Exclude<Found, { is: 'found' }>,
  near: readonly GoldenPath[],
  ctx: PersonCtx<Store>,
): Promise<Effects> {
  const rows = await listed(ctx);
  const open = rows.filter((r) => r.closed === undefined);
  return [whisper(unknownView(typed, found, near, open, ctx.settings.name))];
}

/** “I need a database”: what of it there is in the catalog. */
export async function heard(line: string, slip: boolean, ctx: PersonCtx<Store>): Promise<Effects | undefined> {
  const named = mentioned(ctx.catalog, line);
  if (named.paths.length === 0 || !wished(line, named) || (slip && !named.exactly)) return undefined;
  const rows = (await listed(ctx)).filter(({ path }) => named.paths.some((p) => p.name === path.name));
  return [whisper(wishView(rows))];
}

const shown = z.object({ all: z.literal(true).exactOptional() });

export const catalog: readonly Handler<Store>[] = [
  onCommand(
    'catalog',
    { summary: 'What you can get, made the golden way', may: 'anyone' },
    async (_, ctx: PersonCtx<Store>) => catalogAnswer(ctx),
  ),
  onPress(presses.catalog, shown, 'anyone', async ({ all }, ctx: PersonCtx<Store>) =>
    // All of it takes the place of the beginning of it.
    all ? [{ kind: 'whisper', over: 'private', view: await wholeCatalog(ctx, true) }] : catalogAnswer(ctx),
  ),
];

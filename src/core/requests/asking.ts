import { z } from 'zod';
import { findPath } from '../catalog/find.ts';
import { formOf, priorOf, readValues } from '../catalog/form.ts';
import { mentioned } from '../catalog/mention.ts';
import type { GoldenPath, Values } from '../catalog/path.ts';
import { typedValues } from '../catalog/typed.ts';
import { freshness } from '../freshness/rules.ts';
import {
  type Effects,
  type Form,
  form,
  type Handler,
  onCommand,
  onPress,
  type PersonCtx,
  type Raw,
  type Refuse,
  refuse,
  type SubmitHandler,
  shorten,
} from '../kernel/index.ts';
import { withdrawn } from './approving.ts';
import { errorList } from './assess.ts';
import { begin, replan } from './begin.ts';
import { catalogAnswer, noTeamAnswer, unknownAnswer } from './catalog.ts';
import { forms, numbered, planned, presses, type Store } from './keys.ts';
import { mineOnly, subjectOf, take } from './live.ts';
import { note } from './note.ts';
import { decide } from './rules.ts';
import { pathOf, teamName, teamsOf, usableNow } from './scope.ts';
import type { Request } from './store.ts';
import { answer } from './view-parts.ts';

/** The field that asks for which team; no parameter can have this name. */
const teamField = 'for-team';

/** What a form carries: held by the server, and looked at again when it comes back. */
const carried = z.object({
  path: z.string(),
  version: z.string(),
  /** The request that is changed; absent when a new one is made. */
  request: z.int32().positive().optional(),
});
type Carried = z.output<typeof carried>;

type Filled = {
  readonly raw: Raw;
  readonly team?: string | undefined;
  /** What the person should know before they fill it in. */
  readonly intro?: string | undefined;
  readonly request?: Request;
};

/** The form of a path, or of one of its operations, with what is known filled in. */
async function ask(path: GoldenPath, filled: Filled, ctx: PersonCtx<Store>): Promise<Effects> {
  const { request, raw } = filled;
  const fresh = await usableNow(path, ctx.by, ctx);
  const notice = fresh.ok ? fresh.notice : undefined;
  // Not beside what is wrong with what was typed: that comes first.
  const verified =
    request?.resource === undefined && !filled.intro
      ? freshness(path, await ctx.store.health.byPath(path.name), ctx.now)
      : undefined;
  const intro = [filled.intro, notice, verified].filter(Boolean).join(' ');
  const before = await valuesOf(request, ctx);
  const drawn = formOf(path, {
    id: forms.ask,
    ...(intro ? { intro } : {}),
    ...(request?.operation === undefined ? {} : { operation: request.operation }),
    ...(before ? { before } : {}),
  });
  const teams = teamsOf(ctx.by, ctx);
  const team = teams.length > 1 ? (filled.team ?? request?.team) : undefined;
  const carry: Carried = {
    path: path.name,
    version: path.version,
    ...(request ? { request: request.number } : {}),
  };
  return [
    {
      kind: 'ask',
      form: request?.resource === undefined ? withTeam(drawn, teams) : drawn,
      carry: JSON.stringify(carry),
      prior: { ...raw, ...(team === undefined ? {} : { [teamField]: team }) },
    },
  ];
}

/** Who is in several teams says for which. */
function withTeam(drawn: Form, teams: readonly string[]): Form {
  if (teams.length < 2) return drawn;
  const options = teams.map((team) => ({ value: team, label: teamName(team) }));
  return form({
    ...drawn,
    fields: { [teamField]: { kind: 'choice', label: 'For which team?', options }, ...drawn.fields },
  });
}

const valuesOf = async (request: Request | undefined, ctx: PersonCtx<Store>): Promise<Values | undefined> =>
  request?.resource === undefined ? undefined : (await ctx.store.resources.byId(request.resource))?.values;

/** `create postgres name=orders size=s team=inventory`: straight to the confirm view when all of it is there and right. */
async function create(typed: string, ctx: PersonCtx<Store>): Promise<Effects> {
  const line = typed.trim();
  if (line === '') return catalogAnswer(ctx);
  const [word = ''] = line.split(/\s/, 1);
  // A title may have several words, a name has one.
  const whole = findPath(ctx.catalog, line);
  const found = whole.is === 'unknown' ? findPath(ctx.catalog, word) : whole;
  const spoken = found.is === 'unknown' ? mentioned(ctx.catalog, line) : undefined;
  const [only, ...others] = spoken?.paths ?? [];
  // “create a postgres name=orders”: said rather than typed, but clear.
  const clear = spoken?.exactly === true && others.length === 0 ? only : undefined;
  if (found.is !== 'found' && !clear) return unknown(line, found, spoken?.paths ?? [], ctx);
  const path = found.is === 'found' ? found.path : (clear as GoldenPath);
  const rest = clear
    ? (line.match(/\S+=(?:"[^"]*"|\S*)/g) ?? []).join(' ')
    : whole.is === 'found'
      ? ''
      : line.slice(word.length);
  const fresh = await usableNow(path, ctx.by, ctx);
  if (!fresh.ok) return [answer(path.title, fresh.why)];
  const teams = teamsOf(ctx.by, ctx);
  if (teams.length === 0) return noTeamAnswer(ctx);
  const { team: named, words } = teamIn(rest, path);
  const { raw, problems } = typedValues(path, words);
  const team = named === undefined ? (teams.length === 1 ? teams[0] : undefined) : teams.find((t) => same(t, named));
  const wrongTeam =
    named !== undefined && team === undefined ? [`You’re not in a team called “${named.slice(0, 60)}”.`] : [];
  const read = readValues(path, raw);
  const none = Object.keys(path.parameters.properties).length === 0;
  const complete = read.ok && team !== undefined && problems.length + wrongTeam.length === 0;
  if (complete && (rest.trim() !== '' || none)) return begin(ctx, { path, values: read.values, team });
  const typedWrong = Object.keys(raw).length > 0 && !read.ok ? [errorList(path, onlyTyped(read.errors, raw))] : [];
  const intro = [...problems, ...wrongTeam, ...typedWrong].filter(Boolean).join(' ');
  return ask(path, { raw: priorOf(path, raw as Values), team, intro }, ctx);
}

/** Without the values that were typed along. */
const unknown = (
  line: string,
  found: Exclude<ReturnType<typeof findPath>, { is: 'found' }>,
  near: readonly GoldenPath[],
  ctx: PersonCtx<Store>,
) => {
  const typed = shorten(line.replace(/\s*\S+=.*$/, '') || 'that', 60);
  const meant = found.is === 'unknown' && found.meant ? [found.meant] : [];
  return unknownAnswer(typed, found, near.length > 0 ? near : meant, ctx);
};

const same = (a: string, b: string) => a.toLowerCase() === b.toLowerCase();
const onlyTyped = (errors: Readonly<Record<string, string>>, raw: Raw) =>
  Object.fromEntries(Object.entries(errors).filter(([name]) => Object.hasOwn(raw, name)));

/** `team=…` is no parameter of the path, unless the path has one of that name. */
function teamIn(typed: string, path: GoldenPath): { readonly team?: string; readonly words: string } {
  if (Object.hasOwn(path.parameters.properties, 'team')) return { words: typed };
  const found = /(?:^|\s)team=(?:"([^"]*)"|(\S*))/i.exec(typed);
  const team = found?.[1] ?? found?.[2];
  return found && team ? { team, words: typed.replace(found[0], ' ') } : { words: typed };
}

/** The form as it came back. What the path does not take any more is asked again, with everything that was typed. */
async function submitted(answers: Raw, carry: string, ctx: PersonCtx<Store>): Promise<Effects | Refuse> {
  const { path: name, version, request: number } = carried.parse(JSON.parse(carry));
  const request = number === undefined ? undefined : await take(number, ctx);
  if (request) mineOnly(request, ctx.by.id);
  const decision = request && decide('plan', request);
  if (request && decision?.ok === false) return [answer(`Request #${request.number}`, decision.why)];
  const found = pathOf({ path: name }, ctx);
  if (!found.ok) return [answer('Not there any more', found.why)];
  const { path } = found;
  const fresh = await usableNow(path, ctx.by, ctx);
  if (!fresh.ok && !request?.operation) return [answer(path.title, fresh.why)];
  const { [teamField]: chosen, ...raw } = answers;
  const teams = teamsOf(ctx.by, ctx);
  const team = request?.resource ? request.team : typeof chosen === 'string' ? chosen : teams[0];
  if (team === undefined) return noTeamAnswer(ctx);
  if (!request?.resource && !teams.includes(team)) return refuse({ [teamField]: 'You’re not in this team any more.' });
  const before = await valuesOf(request, ctx);
  const read = readValues(path, raw, {
    ...(request?.operation === undefined ? {} : { operation: request.operation }),
    ...(before ? { before } : {}),
  });
  if (!read.ok) {
    // The same form can say so under its fields only when it still is the path's form.
    if (path.version === version) return refuse(read.errors);
    const intro = `${path.title} has changed while you were typing (it is at version ${path.version} now). What you typed is kept. Please look at: ${errorList(path, read.errors)}`;
    return ask(path, { raw: { ...priorOf(path), ...raw }, team, intro, ...(request ? { request } : {}) }, ctx);
  }
  if (!request) return begin(ctx, { path, values: read.values, team });
  const again = await replan(request, path, ctx.by, ctx, { values: read.values, team });
  const subject = await subjectOf(request, ctx);
  await note('changed', again.request, ctx.by.id, ctx);
  return [...again.effects, ...withdrawn(request, again.request, subject)];
}

/** Every path has a form of its own, so the handler is not made from one. */
const onAsked: SubmitHandler<Store> = {
  on: 'submit',
  name: forms.ask,
  may: 'anyone',
  run: (answers, carry, ctx) => submitted(answers as Raw, carry, ctx),
};

export const asking: readonly Handler<Store>[] = [
  onCommand(
    'create',
    { summary: 'Get something from a golden path', usage: '[path] [name=value …]', may: 'anyone' },
    create,
  ),
  onPress(presses.create, z.object({ path: z.string() }), 'anyone', async ({ path: name }, ctx: PersonCtx<Store>) => {
    const found = pathOf({ path: name }, ctx);
    if (!found.ok) return [answer('Not there any more', found.why)];
    const fresh = await usableNow(found.path, ctx.by, ctx);
    if (!fresh.ok) return [answer(found.path.title, fresh.why)];
    if (teamsOf(ctx.by, ctx).length === 0) return noTeamAnswer(ctx);
    return ask(found.path, { raw: priorOf(found.path) }, ctx);
  }),
  onPress(presses.change, planned, 'anyone', async ({ number }, ctx: PersonCtx<Store>) => {
    const request = await take(number, ctx);
    mineOnly(request, ctx.by.id);
    const decision = decide('plan', request);
    if (!decision.ok) return [answer(`Request #${number}`, decision.why)];
    const found = pathOf(request, ctx);
    if (!found.ok) return [answer(`Request #${number}`, found.why)];
    return ask(found.path, { raw: priorOf(found.path, request.values), request }, ctx);
  }),
  // What was asked for before, asked for again: a new request, with the values of the old one filled in.
  onPress(presses.again, numbered, 'anyone', async ({ number }, ctx: PersonCtx<Store>) => {
    const request = await take(number, ctx);
    mineOnly(request, ctx.by.id);
    const found = pathOf(request, ctx);
    if (!found.ok) return [answer(`Request #${number}`, found.why)];
    if (request.verb !== 'create')
      return [
        answer(`Request #${number}`, 'This was done to a thing that is there. Ask for it from the thing itself.'),
      ];
    const teams = teamsOf(ctx.by, ctx);
    if (teams.length === 0) return noTeamAnswer(ctx);
    const team = teams.includes(request.team) ? request.team : undefined;
    return ask(found.path, { raw: priorOf(found.path, request.values), team }, ctx);
  }),
  onAsked,
];

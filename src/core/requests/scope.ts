import type { Facts } from '../catalog/facts.ts';
import { findPath, type Usable, usable } from '../catalog/find.ts';
import type { GoldenPath, Values } from '../catalog/path.ts';
import { failuresOf } from '../freshness/rules.ts';
import type { PathHealth, WithHealth } from '../freshness/store.ts';
import type { Ctx, Person, PersonId } from '../kernel/index.ts';
import type { Resource } from '../resources/store.ts';
import type { Verb } from '../runs/run.ts';
import { slugOf } from './keys.ts';
import type { Request } from './store.ts';

/** What somebody asks for when they are in no team: it is theirs alone. A Kubernetes label can hold it. */
const personalPrefix = 'personal-';
export const personalTeam = (person: PersonId): string => `${personalPrefix}${person.slice(0, 8)}`;
export const isPersonal = (team: string): boolean => team.startsWith(personalPrefix);
export const teamName = (team: string): string => (isPersonal(team) ? 'yourself' : team);

/** The teams that somebody may ask for. None: they have to get into one first. */
export function teamsOf(by: Person, ctx: Pick<Ctx<unknown>, 'settings'>): readonly string[] {
  if (by.teams.length > 0) return by.teams;
  return ctx.settings.requests.personal ? [personalTeam(by.id)] : [];
}

/** How a thing is called: by what the path says, as a rule its name; else by the path and the number. */
export function nameOf(path: Pick<GoldenPath, 'title' | 'called'>, values: Values, number: number): string {
  const words = path.called.map((name) => values[name]).filter((v) => typeof v === 'string' || typeof v === 'number');
  return words.join(' ').trim() || `${path.title} ${number}`;
}

const environmentOf = ({ environment, env }: Values): string | undefined =>
  [environment, env].find((e) => typeof e === 'string');

/** The date that a zone's calendar shows. */
const dayIn = (zone: string, at: Date): string =>
  new Intl.DateTimeFormat('en-CA', { timeZone: zone, dateStyle: 'short' }).format(at);

const days = (from: Date, to: Date): number => Math.floor((to.getTime() - from.getTime()) / 86_400_000);

type Of = {
  readonly number: number;
  readonly verb: Verb;
  readonly operation?: string;
  readonly team: string;
  readonly values: Values;
};

/** All that is known of a request, as expressions see it. What is left of limits is put in when it is known. */
export const factsOf = (
  path: GoldenPath,
  { number, verb, operation, team, values }: Of,
  by: Person,
  now: Date,
  resource?: Resource,
): Facts => {
  const environment = environmentOf(values);
  return {
    path,
    params: values,
    request: { number },
    resource: resource
      ? { slug: resource.slug, name: resource.name, state: resource.state, ageDays: days(resource.created, now) }
      : { slug: slugOf(number), name: nameOf(path, values, number) },
    person: {
      name: by.name,
      teams: by.teams,
      roles: [...by.roles],
      ...(by.email === undefined ? {} : { email: by.email }),
      ...(by.persona === undefined ? {} : { persona: by.persona }),
    },
    team: { name: team, ...(resource?.home === undefined ? {} : { home: resource.home }) },
    verb,
    ...(environment === undefined ? {} : { environment }),
    ...(resource ? { cluster: resource.cluster ?? '' } : {}),
    ...(operation === undefined ? {} : { operation }),
    today: dayIn(by.zone, now),
  };
};

/** Docs that are a file beside the path have an address only where the catalog can be read in a browser. */
export function withDocs(path: GoldenPath, { settings }: Pick<Ctx<unknown>, 'settings'>): GoldenPath {
  if (/^https?:/.test(path.docs) || settings.catalog.url === undefined) return path;
  return { ...path, docs: `${settings.catalog.url.replace(/\/+$/, '')}/${path.name}/${encodeURI(path.docs)}` };
}

/** Whether something new may be made from a path today, in the calendar of who asks. */
export const usableFor = (path: GoldenPath, health: PathHealth | undefined, by: Person, now: Date): Usable =>
  usable(path, dayIn(by.zone, now), failuresOf(path, health));
export const usableNow = async (path: GoldenPath, by: Person, ctx: Ctx<WithHealth>): Promise<Usable> =>
  usableFor(path, await ctx.store.health.byPath(path.name), by, ctx.now);

/** The path of a request as it is now, or why nothing can come of it. */
export function pathOf(
  request: Pick<Request, 'path'>,
  ctx: Pick<Ctx<unknown>, 'catalog' | 'settings'>,
):
  | { readonly ok: true; readonly path: GoldenPath }
  | { readonly ok: false; readonly is: 'broken' | 'unknown'; readonly why: string } {
  const path = ctx.catalog.paths.find((p) => p.name === request.path);
  if (path) return { ok: true, path: withDocs(path, ctx) };
  const found = findPath(ctx.catalog, request.path);
  const is = found.is === 'broken' ? 'broken' : 'unknown';
  return {
    ok: false,
    is,
    why:
      is === 'broken'
        ? `The golden path “${request.path}” doesn’t load at the moment. In the catalog ${ctx.settings.name} can see why; what you asked for is kept.`
        : `The golden path “${request.path}” was taken out of the catalog. Ask for the catalog to see what there is instead.`,
  };
}

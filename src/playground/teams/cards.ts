import { type Kind, type Shape, type Slot, shapeOf } from './card-types.ts';
import { LIMITS } from './limits.ts';

type Json = Readonly<Record<string, unknown>>;
type Problems = readonly string[];

/** Where the walk is, and what it has seen on the way. */
type Spot = {
  readonly path: string;
  readonly kind: Kind;
  /** The minor schema version that the card declares. */
  readonly minor: number;
  readonly depth: number;
  /** Inside a Teams extra, whose own fallback already stands in for all of it. */
  readonly covered: boolean;
  /** Ids that may not be used again. */
  readonly taken: Set<string>;
  /** Every id of the card, fallbacks included. */
  readonly ids: Set<string>;
  /** Ids that actions of the card refer to. */
  readonly targets: { readonly path: string; readonly id: string }[];
};

const asObject = (value: unknown): Json | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : undefined;
const article = (kind: Kind): string => (/^[aei]/.test(kind) ? `an ${kind}` : `a ${kind}`);
const show = (value: unknown): string => (value === undefined ? 'missing' : JSON.stringify(value).slice(0, 60));
const at = (path: string, problem: string): Problems => [path === '' ? problem : `${path}: ${problem}`];
const when = (wrong: boolean, path: string, problem: string): Problems => (wrong ? at(path, problem) : []);
const under = (path: string, name: string): string => (path === '' ? name : `${path}.${name}`);

/**
 * Whether Teams would draw this Adaptive Card, as the strictest client would see it: everything that a client drops
 * without a word is a problem here.
 * @returns one line per problem, each naming the place in the card; empty when the card is good.
 */
export function cardProblems(card: unknown): Problems {
  const root = asObject(card);
  if (!root) return ['the card must be an object'];
  if (root.type !== 'AdaptiveCard') return [`type must be "AdaptiveCard", not ${show(root.type)}`];
  const minor = /^1\.(\d+)$/.exec(typeof root.version === 'string' ? root.version : '')?.[1];
  if (minor === undefined) return [`version must be "1.0" to "${LIMITS.cardVersion}", not ${show(root.version)}`];
  if (Number(minor) > Number(LIMITS.cardVersion.slice(2)))
    return [`version ${root.version} is newer than Teams draws; the newest is ${LIMITS.cardVersion}`];
  const seen = { taken: new Set<string>(), ids: new Set<string>(), targets: [] as Spot['targets'] };
  const walked = visit(root, { path: '', kind: 'card', minor: Number(minor), depth: 0, covered: false, ...seen });
  const astray = seen.targets.filter(({ id }) => !seen.ids.has(id));
  return [
    ...walked,
    ...astray.flatMap(({ path, id }) => at(path, `there is no element with the id "${id}"`)),
    ...refreshProblems(root),
    ...mentionProblems(root),
  ];
}

function visit(value: unknown, spot: Spot): Problems {
  const { path, kind } = spot;
  if (spot.depth > LIMITS.cardDepth) return at(path, `nested deeper than ${LIMITS.cardDepth}`);
  // Runs of a RichTextBlock may be plain strings.
  if (kind === 'run' && typeof value === 'string') return [];
  const node = asObject(value);
  if (!node) return at(path, `expected ${article(kind)}, found ${show(value)}`);
  const { name, shape, misplaced } = shapeOf(kind, node.type);
  if (misplaced) return at(path, `${name} cannot stand where ${article(kind)} belongs`);
  if (shape) return [...known(node, name, shape, spot), ...fallback(node, spot)];
  // Clients replace what they do not know by its fallback.
  return node.fallback === undefined
    ? at(path, `type ${name} is not known to Teams and has no "fallback"`)
    : fallback(node, spot);
}

function known(node: Json, type: string, shape: Shape, spot: Spot): Problems {
  const { path, minor } = spot;
  const { since = 0, extra = false, input = false, props = {}, slots = {} } = shape;
  spot.targets.push(...(shape.targets?.(node) ?? []).map((id) => ({ path, id })));
  const inner = { ...spot, depth: spot.depth + 1, covered: spot.covered || extra };
  return [
    ...when(since > minor, path, `${type} needs version 1.${since}, the card says 1.${minor}`),
    ...when(
      extra && !spot.covered && node.fallback === undefined,
      path,
      `${type} is Teams' own and needs a "fallback" for clients that lack it ("drop" will do)`,
    ),
    ...when(input && !node.id, path, `${type} needs an "id": without it the answer is never sent`),
    ...idProblems(node, spot),
    ...Object.entries(props).flatMap(([name, check]) => {
      const wrong = check(node[name], node);
      return wrong ? at(path, `${type}.${name} ${wrong}`) : [];
    }),
    ...Object.entries(slots).flatMap(([name, slot]) => children(node[name], `${type}.${name}`, name, slot, inner)),
  ];
}

function children(value: unknown, fullName: string, name: string, slot: Slot, spot: Spot): Problems {
  const path = under(spot.path, name);
  if (value === undefined) return when(slot.required === true, spot.path, `${fullName} is missing`);
  const inner = { ...spot, kind: slot.kind, covered: spot.covered || slot.silent === true };
  if (!slot.many) return visit(value, { ...inner, path });
  if (!Array.isArray(value)) return at(path, `must be a list, found ${show(value)}`);
  return [
    ...value.flatMap((child: unknown, i) => visit(child, { ...inner, path: `${path}[${i}]` })),
    ...(slot.kind === 'action' ? crowdProblems(value, path) : []),
  ];
}

function crowdProblems(actions: readonly unknown[], path: string): Problems {
  const primary = actions.filter((a) => asObject(a)?.mode !== 'secondary').length;
  const { primaryActions } = LIMITS;
  const advice = `${primary} buttons; Teams draws ${primaryActions} and drops the rest (use mode "secondary")`;
  return when(primary > primaryActions, path, advice);
}

function idProblems(node: Json, { path, taken, ids }: Spot): Problems {
  const { id } = node;
  if (id === undefined) return [];
  if (typeof id !== 'string') return at(path, `id must be text, found ${show(id)}`);
  const twice = taken.has(id);
  taken.add(id);
  ids.add(id);
  return when(twice, path, `id "${id}" is used twice in the card`);
}

function fallback(node: Json, spot: Spot): Problems {
  if (node.fallback === undefined || node.fallback === 'drop') return [];
  // Only one of the two is ever drawn, so a fallback may repeat the ids of what it replaces.
  const path = under(spot.path, 'fallback');
  return visit(node.fallback, { ...spot, path, depth: spot.depth + 1, taken: new Set() });
}

function refreshProblems(card: Json): Problems {
  if (card.refresh === undefined) return [];
  const refresh = asObject(card.refresh);
  const users = Array.isArray(refresh?.userIds) ? refresh.userIds.length : 0;
  return [
    ...when(asObject(refresh?.action)?.type !== 'Action.Execute', 'refresh', 'action must be an Action.Execute'),
    ...when(
      users > LIMITS.refreshUsers,
      'refresh.userIds',
      `${users} people; Teams refreshes for at most ${LIMITS.refreshUsers}`,
    ),
  ];
}

function mentionProblems(card: Json): Problems {
  const entities = asObject(card.msteams)?.entities;
  if (entities === undefined) return [];
  if (!Array.isArray(entities)) return at('msteams.entities', 'must be a list');
  return entities.flatMap((entity: unknown, i) => {
    const { type, text, mentioned } = asObject(entity) ?? {};
    const who = asObject(mentioned);
    const whole = type === 'mention' && typeof who?.id === 'string' && typeof who.name === 'string';
    const marked = typeof text === 'string' && text.startsWith('<at>') && text.endsWith('</at>');
    const shape = 'must be {type: "mention", text: "<at>…</at>", mentioned: {id, name}}';
    return when(!whole || !marked, `msteams.entities[${i}]`, shape);
  });
}

import { z } from 'zod';
import { formOf, priorOf, readValues } from '../catalog/form.ts';
import type { GoldenPath, Operation } from '../catalog/path.ts';
import { judge, strictest } from '../catalog/policy.ts';
import {
  type Effects,
  onPress,
  onSubmit,
  type PersonCtx,
  type Raw,
  type Refuse,
  refuse,
  type SubmitHandler,
  whisper,
} from '../kernel/index.ts';
import { begin } from '../requests/begin.ts';
import { factsOf } from '../requests/scope.ts';
import { carryOut, isBefore } from './carry.ts';
import { closed } from './ends.ts';
import { removeForm } from './forms.ts';
import { about, ending, forms, identified, keys, operation as operationValue, presses, type Store } from './keys.ts';
import { noticeView, pathOf, take, upgradeOf } from './parts.ts';
import { decide, fits, manages, unknownPath, whoManages } from './rules.ts';
import type { Resource } from './store.ts';
import { deletingView } from './told-view.ts';

/* What is done to a thing that is there. Each press is looked at anew: what the card offered may be past. */

type Ctx = PersonCtx<Store>;
type Allowed = { readonly path: GoldenPath; readonly operation: Operation };

export const operationFacts = (
  resource: Resource,
  path: GoldenPath,
  { name, verb }: Operation,
  ctx: Pick<Ctx, 'by' | 'now'>,
) =>
  factsOf(
    path,
    { number: 0, verb, operation: name, team: resource.team, values: resource.values },
    ctx.by,
    ctx.now,
    resource,
  );

/** The operation that is wanted, or why it cannot be done now. */
function allowed(resource: Resource, wanted: (o: Operation) => boolean, ctx: Ctx): Allowed | { readonly why: string } {
  if (!manages(ctx.by, resource)) return { why: whoManages(resource) };
  const path = pathOf(resource, ctx);
  if (!path) return { why: unknownPath(resource, ctx.settings.name) };
  const operation = path.operations.find(wanted);
  if (!operation)
    return { why: `${path.title} doesn’t offer this any more. Open the card again to see what it offers.` };
  const decision = decide(operation, resource, path, ctx.by, operationFacts(resource, path, operation, ctx));
  return decision.ok ? { path, operation } : { why: decision.why };
}
const deletes = (o: Operation) => o.verb === 'delete';
const say = (resource: Resource, words: string): Effects => [whisper(noticeView(resource.name, words))];

const order = (
  resource: Resource,
  { path, operation }: Allowed,
  values: Resource['values'],
  ctx: Ctx,
): Promise<Effects> => begin(ctx, { path, operation: operation.name, resource, values, team: resource.team });

const carried = z.object({ id: z.uuid(), operation: z.string().optional(), version: z.string() });
type Carried = z.output<typeof carried>;

/** The form of an operation, or of an upgrade that wants to know more, with the present values filled in. */
function ask(
  resource: Resource,
  path: GoldenPath,
  operation: Operation | undefined,
  ctx: { readonly intro?: string; readonly raw?: Raw } = {},
): Effects {
  const carry: Carried = {
    id: resource.id,
    version: path.version,
    ...(operation ? { operation: operation.name } : {}),
  };
  const intro = ctx.intro ?? operation?.warning;
  return [
    {
      kind: 'ask',
      form: formOf(path, {
        id: forms.operate,
        before: resource.values,
        ...(operation ? { operation: operation.name } : {}),
        ...(intro === undefined ? {} : { intro }),
      }),
      carry: JSON.stringify(carry),
      prior: { ...priorOf(path, resource.values), ...ctx.raw },
    },
  ];
}

async function operate(id: string, name: string, ctx: Ctx): Promise<Effects> {
  const resource = await take(id, ctx);
  const found = allowed(resource, (o) => o.name === name, ctx);
  if ('why' in found) return say(resource, found.why);
  // Deleting is confirmed by typing, whatever a button says.
  if (deletes(found.operation)) return remove(id, ctx);
  return found.operation.fields.length > 0
    ? ask(resource, found.path, found.operation)
    : order(resource, found, resource.values, ctx);
}

/** What makes it possible to move on to the path's version, or why it isn't. */
function upgradable(resource: Resource, ctx: Ctx): { readonly path: GoldenPath } | { readonly why: string } {
  if (!manages(ctx.by, resource)) return { why: whoManages(resource) };
  const path = pathOf(resource, ctx);
  if (!path) return { why: unknownPath(resource, ctx.settings.name) };
  if (upgradeOf(resource, path) === undefined) return { why: `It is at ${resource.version}, which is the latest.` };
  if (path.unavailable !== undefined) return { why: path.unavailable };
  const state = fits('change', resource);
  return state.ok ? { path } : { why: state.why };
}

async function upgrade(id: string, ctx: Ctx): Promise<Effects> {
  const resource = await take(id, ctx);
  const found = upgradable(resource, ctx);
  if ('why' in found) return say(resource, found.why);
  const { path } = found;
  const read = readValues(path, priorOf(path, resource.values), { before: resource.values });
  if (read.ok) return begin(ctx, { path, resource, values: read.values, team: resource.team });
  const intro = `${path.title} ${path.version} wants to know more than ${resource.version} did. What it knows already is filled in.`;
  return ask(resource, path, undefined, { intro });
}

async function submitted(raw: Raw, carry: string, ctx: Ctx): Promise<Effects | Refuse> {
  const { id, operation: name, version } = carried.parse(JSON.parse(carry));
  const resource = await take(id, ctx);
  const found: { readonly path: GoldenPath; readonly operation?: Operation } | { readonly why: string } =
    name === undefined ? upgradable(resource, ctx) : allowed(resource, (o) => o.name === name, ctx);
  if ('why' in found) return say(resource, found.why);
  const { path, operation } = found;
  const before = resource.values;
  const read = readValues(path, raw, { before, ...(name === undefined ? {} : { operation: name }) });
  if (read.ok)
    return operation
      ? order(resource, { path, operation }, read.values, ctx)
      : begin(ctx, { path, resource, values: read.values, team: resource.team });
  if (path.version === version) return refuse(read.errors);
  const intro = `${path.title} has changed while you were typing (it is at ${path.version} now). What you typed is kept.`;
  return ask(resource, path, operation, { intro, raw });
}

/** Each path's operations have forms of their own, so the handler is not made from one. */
const onOperated: SubmitHandler<Store> = {
  on: 'submit',
  name: forms.operate,
  may: 'anyone',
  run: (answers, carry, ctx) => submitted(answers as Raw, carry, ctx),
};

async function remove(id: string, ctx: Ctx): Promise<Effects> {
  const resource = await take(id, ctx);
  const found = allowed(resource, deletes, ctx);
  if ('why' in found) return say(resource, found.why);
  return [
    { kind: 'ask', form: removeForm(resource.name, found.path.title, found.operation), carry: JSON.stringify({ id }) },
  ];
}

/** From a reminder: it was going to end anyway, so one tap is enough where the policy lets it. */
async function removeNow(id: string, seen: Date, ctx: Ctx): Promise<Effects> {
  const resource = await take(id, ctx);
  const found = allowed(resource, deletes, ctx);
  if ('why' in found) return say(resource, found.why);
  if (resource.expires?.getTime() !== seen.getTime())
    return say(resource, 'Somebody extended it meanwhile, so it wasn’t deleted. You can delete it from its card.');
  const { path, operation } = found;
  const facts = operationFacts(resource, path, operation, ctx);
  const verdict = strictest([
    judge(operation.policy, facts),
    judge(ctx.settings.policy, facts, 'groundcrew.yaml: policy'),
  ]);
  if (verdict.is !== 'allow' || !isBefore(resource.state)) return order(resource, found, resource.values, ctx);
  const started = await carryOut(resource, resource.state, path, 'delete', 0, ctx, ctx.by.id);
  const view = deletingView(resource, path, ctx.by.id);
  const others: Effects =
    resource.owner === ctx.by.id
      ? []
      : [{ kind: 'tell', person: resource.owner, view, key: keys.ended(id, 'delete', seen) }];
  return [...started, ...closed(resource, view), ...others];
}

async function settle(id: string, ctx: Ctx): Promise<Resource | { readonly why: Effects }> {
  const resource = await take(id, ctx);
  if (!manages(ctx.by, resource)) return { why: say(resource, whoManages(resource)) };
  if (resource.state !== 'missing') return { why: say(resource, 'This was settled already.') };
  await ctx.store.resources.change(id, { state: 'gone', expires: null, offer: null, asked: null }, ctx.now);
  return resource;
}
const forgotten = (resource: Resource, ctx: Ctx) =>
  ctx.store.audit.append({
    at: ctx.now,
    who: ctx.by.id,
    what: 'resource.forgotten',
    about: about(resource),
    details: {},
  });

export const dayTwo = [
  onPress(presses.operate, operationValue, 'anyone', async ({ id, operation }, ctx: Ctx) =>
    operate(id, operation, ctx),
  ),
  onPress(presses.upgrade, identified, 'anyone', async ({ id }, ctx: Ctx) => upgrade(id, ctx)),
  onOperated,
  onPress(presses.remove, identified, 'anyone', async ({ id }, ctx: Ctx) => remove(id, ctx)),
  onSubmit(removeForm('', ''), 'anyone', async ({ name }, carry, ctx: Ctx): Promise<Effects | Refuse> => {
    const resource = await take(identified.parse(JSON.parse(carry)).id, ctx);
    if (name.trim().toLowerCase() !== resource.name.trim().toLowerCase())
      return refuse({ name: `That isn’t its name. Type “${resource.name}”, or cancel.` });
    const found = allowed(resource, deletes, ctx);
    return 'why' in found ? refuse({ name: found.why }) : order(resource, found, resource.values, ctx);
  }),
  onPress(presses.removeNow, ending, 'anyone', async ({ id, expires }, ctx: Ctx) =>
    removeNow(id, new Date(expires), ctx),
  ),
  onPress(presses.forget, identified, 'anyone', async ({ id }, ctx: Ctx): Promise<Effects> => {
    const resource = await settle(id, ctx);
    if ('why' in resource) return resource.why;
    await forgotten(resource, ctx);
    return say(resource, 'Forgotten. It doesn’t count any more, and its name is free again.');
  }),
  onPress(presses.again, identified, 'anyone', async ({ id }, ctx: Ctx): Promise<Effects> => {
    const before = await take(id, ctx);
    const path = pathOf(before, ctx);
    if (!path) return say(before, unknownPath(before, ctx.settings.name));
    const read = readValues(path, priorOf(path, before.values));
    if (!read.ok)
      return say(
        before,
        `${path.title} has changed since this was made. Forget it, and make a new one with “create ${path.name}”.`,
      );
    const resource = await settle(id, ctx);
    if ('why' in resource) return resource.why;
    const effects = await begin(ctx, { path, values: read.values, team: resource.team });
    await forgotten(resource, ctx);
    return effects;
  }),
];

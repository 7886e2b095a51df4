import { z } from 'zod';
import { checkView, isViewTooLarge } from '../check.ts';
import { isObject, type JsonObject, stringAt } from '../json.ts';
import { type Context, json, type Method, method, Refusal, userOf, withMessages, word } from '../method.ts';
import type { OpenView } from '../types.ts';
import { wireView } from '../wire.ts';

/** The view of a call, checked for its surface. The order of the checks is Slack's: size, shape, external id. */
function viewOf(context: Context, given: unknown, surface: 'modal' | 'home', instead?: OpenView): JsonObject {
  if (!isObject(given))
    throw new Refusal('invalid_arguments', withMessages(['must provide an object [json-pointer:/view]']));
  if (isViewTooLarge(given)) throw new Refusal('view_too_large');
  const found = checkView(given, surface);
  if (found.length > 0) throw new Refusal('invalid_arguments', withMessages(found));
  const externalId = stringAt(given, 'external_id');
  const taken = externalId ? context.views.byExternalId(externalId) : undefined;
  if (taken && taken.id !== instead?.id) throw new Refusal('duplicate_external_id');
  return given;
}

/** A trigger is only used up by a view that was accepted. */
function triggered(context: Context, id: string): { readonly user: string; exchange(): void } {
  const trigger = context.state.trigger(id);
  if ('error' in trigger) throw new Refusal(trigger.error);
  return trigger;
}

const opening = z.object({ trigger_id: word, view: json });

export const VIEWS: { readonly [name: string]: Method } = {
  'views.open': method({ tier: 'tier4', args: opening }, (args, context) => {
    const trigger = triggered(context, args.trigger_id);
    const view = viewOf(context, args.view, 'modal');
    trigger.exchange();
    return { view: wireView(context.state, context.views.open(trigger.user, view)) };
  }),

  'views.push': method({ tier: 'tier4', args: opening }, (args, context) => {
    const trigger = triggered(context, args.trigger_id);
    if (context.views.stack(trigger.user).length === 0) throw new Refusal('not_found');
    if (!context.views.canPush(trigger.user)) throw new Refusal('push_limit_reached');
    const view = viewOf(context, args.view, 'modal');
    trigger.exchange();
    return { view: wireView(context.state, context.views.push(trigger.user, view)) };
  }),

  'views.update': method(
    {
      tier: 'tier4',
      args: z.object({ view: json, view_id: word.optional(), external_id: word.optional(), hash: word.optional() }),
    },
    (args, context) => {
      const { views } = context;
      if (args.view_id === undefined && args.external_id === undefined) {
        throw new Refusal('invalid_arguments', withMessages(['missing required field: view_id']));
      }
      const open = args.view_id !== undefined ? views.byId(args.view_id) : views.byExternalId(args.external_id ?? '');
      if (!open) throw new Refusal('not_found');
      if (args.hash !== undefined && args.hash !== open.hash) throw new Refusal('hash_conflict');
      const after = views.update(open.id, viewOf(context, args.view, 'modal', open));
      return { view: wireView(context.state, after ?? open) };
    },
  ),

  'views.publish': method(
    { tier: 'tier4', args: z.object({ user_id: word, view: json, hash: word.optional() }) },
    (args, context) => {
      const user = userOf(context, args.user_id);
      const home = context.views.home(user.id);
      if (args.hash !== undefined && home && args.hash !== home.hash) throw new Refusal('hash_conflict');
      return {
        view: wireView(context.state, context.views.publish(user.id, viewOf(context, args.view, 'home', home))),
      };
    },
  ),
};

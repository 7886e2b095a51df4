import { checkView, isViewTooLarge } from './check.ts';
import type { ClientParts } from './client.ts';
import { plainOption } from './composition.ts';
import { answeredValue, clientErrors } from './inputs.ts';
import { isObject, type JsonObject, objects, parseJson, stringAt } from './json.ts';
import { LIMITS } from './limits.ts';
import { action, aim, chosen, interaction, onMessage, type Target } from './payloads.ts';
import { list } from './schema.ts';
import type { Answer, InputAnswer, OpenView, StateValue } from './types.ts';
import { blocksOf } from './views.ts';
import { wireView } from './wire.ts';

/** `blocked`: Slack's own client would not submit this, so the bot heard nothing; block_id -> what stands under the field. */
export type Submitted = Answer & { readonly blocked?: OpenView['errors'] };

export type Suggested = Answer & { readonly options: readonly JsonObject[] };

type Enter = (blockId: string, actionId: string, value: StateValue) => OpenView | undefined;

const UNSENT: Answer = { status: 0, headers: {}, body: '', ms: 0, late: false };

/** What people do in modals and on the Home tab. */
export function createViewClient({ state, views, delivery }: ClientParts) {
  /** Options that an external source has offered: a later choice names one by its value. */
  const offered = new Map<string, readonly JsonObject[]>();

  const topOf = (user: string, viewId: string | undefined): OpenView => {
    const view = viewId === undefined ? views.stack(user).at(-1) : views.byId(viewId);
    if (!view || view.user !== user) throw new Error(`${user} has no modal ${viewId ?? ''} open.`);
    return view;
  };

  const blockActions = (user: string, view: OpenView, actions: readonly JsonObject[]): Promise<Answer> => {
    const payload = {
      ...interaction(state, 'block_actions', user),
      container: { type: 'view', view_id: view.id },
      trigger_id: state.newTrigger(user),
      view: wireView(state, view),
      actions,
    };
    return delivery.send({ type: 'interactive', payload, acceptsResponse: false });
  };

  const pressIn = (user: string, view: OpenView, target: Target, enter: Enter): Promise<Answer> => {
    const held = aim(blocksOf(view.view), target);
    const left = chosen(held, target.value, offered.get(held.actionId));
    const keeps = left && held.element.type !== 'overflow';
    const after = (keeps ? enter(held.blockId, held.actionId, left) : undefined) ?? view;
    return blockActions(user, after, [action(state, held, target.value, left)]);
  };

  const legal = (view: unknown): view is JsonObject =>
    isObject(view) && !isViewTooLarge(view) && checkView(view, 'modal').length === 0;

  /** What an answer to a submission does to the modal. Each gives `false` for what Slack would not take. */
  const RESPONSE_ACTIONS: { readonly [name: string]: (open: OpenView, said: JsonObject) => boolean } = {
    errors(open, { errors }) {
      const inputs = blocksOf(open.view).filter((block) => block.type === 'input');
      const known =
        isObject(errors) && Object.keys(errors).every((id) => inputs.some((block) => block.block_id === id));
      if (!known || Object.keys(errors).length === 0) return false;
      views.refuse(open.id, Object.fromEntries(Object.entries(errors).map(([id, text]) => [id, String(text)])));
      return true;
    },
    update: (open, { view }) => legal(view) && views.update(open.id, view) !== undefined,
    push(open, { view }) {
      if (!legal(view) || !views.canPush(open.user)) return false;
      views.push(open.user, view);
      return true;
    },
    clear(open) {
      views.clear(open.user);
      return true;
    },
  };

  const settle = (open: OpenView, answer: Answer): Answer => {
    const said = parseJson(answer.body);
    const empty = answer.body.trim() === '' || (isObject(said) && Object.keys(said).length === 0);
    if (!answer.problem && empty) {
      views.close(open.id);
      return answer;
    }
    const act = RESPONSE_ACTIONS[stringAt(said, 'response_action') ?? ''];
    if (!answer.problem && isObject(said) && act?.(open, said)) return answer;
    views.fail(open.id);
    return { ...answer, problem: answer.problem ?? 'invalid_response_action' };
  };

  const closed = (user: string, view: OpenView, isCleared: boolean): Promise<Answer> => {
    const payload = { ...interaction(state, 'view_closed', user), view: wireView(state, view), is_cleared: isCleared };
    return delivery.send({ type: 'interactive', payload, acceptsResponse: false });
  };

  return {
    /** Presses a button, or chooses in a menu outside an input block, of an open modal (default: the top one). */
    pressInView(given: { user: string; viewId?: string } & Target): Promise<Answer> {
      const view = topOf(given.user, given.viewId);
      return pressIn(given.user, view, given, (...entry) => views.enter(view.id, ...entry));
    },

    /** Presses a button, or chooses in a menu, of the person's Home tab. */
    pressInHome(given: { user: string } & Target): Promise<Answer> {
      const home = views.home(given.user);
      if (!home) throw new Error(`Nothing is published on the Home tab of ${given.user}.`);
      return pressIn(given.user, home, given, (...entry) => views.enterHome(given.user, ...entry));
    },

    /** Fills one input. The bot hears of it only where `dispatch_action` is set, or the element stands outside an input block. */
    async change(given: {
      user: string;
      viewId?: string;
      blockId: string;
      actionId: string;
      value: InputAnswer;
    }): Promise<Answer | undefined> {
      const view = topOf(given.user, given.viewId);
      const held = aim(blocksOf(view.view), { actionId: given.actionId, blockId: given.blockId });
      const left = answeredValue(held.element, given.value, offered.get(held.actionId));
      const after = views.enter(view.id, held.blockId, held.actionId, left) ?? view;
      if (held.block.type === 'input' && held.block.dispatch_action !== true) return undefined;
      return blockActions(given.user, after, [action(state, held, given.value, left)]);
    },

    /**
     * Submits a modal. `values` fills inputs by block_id first. Slack's client checks required fields and lengths itself:
     * then nothing is sent and `blocked` says why; `force` sends all the same, as a tampering client would.
     */
    async submit(given: {
      user: string;
      viewId?: string;
      values?: { readonly [blockId: string]: InputAnswer };
      force?: boolean;
    }): Promise<Submitted> {
      const { user } = given;
      const before = topOf(user, given.viewId);
      for (const [blockId, answer] of Object.entries(given.values ?? {})) {
        const block = blocksOf(before.view).find((each) => each.block_id === blockId);
        const element = isObject(block?.element) ? block.element : undefined;
        const actionId = stringAt(element, 'action_id');
        if (!element || actionId === undefined) throw new Error(`The modal has no input block ${blockId}.`);
        views.enter(before.id, blockId, actionId, answeredValue(element, answer, offered.get(actionId)));
      }
      const open = topOf(user, before.id);
      const blocked = given.force === true ? {} : clientErrors(blocksOf(open.view), open.values);
      if (Object.keys(blocked).length > 0) {
        views.refuse(open.id, blocked);
        return { ...UNSENT, blocked };
      }
      const payload = {
        ...interaction(state, 'view_submission', user),
        trigger_id: state.newTrigger(user),
        view: wireView(state, open),
        response_urls: [],
      };
      return settle(open, await delivery.send({ type: 'interactive', payload, acceptsResponse: true }));
    },

    /** Closes the modal (all of them when it says `clear_on_close`); the bot hears of those that asked to be told. */
    async cancelView(given: { user: string; viewId?: string }): Promise<Answer | undefined> {
      const view = topOf(given.user, given.viewId);
      const isCleared = view.view.clear_on_close === true;
      const gone = isCleared ? [...views.stack(given.user)].reverse() : [view];
      if (isCleared) views.clear(given.user);
      else views.close(view.id);
      let first: Answer | undefined;
      for (const each of gone) {
        if (each.view.notify_on_close !== true) continue;
        const answer = await closed(given.user, each, isCleared);
        first ??= answer;
      }
      return first;
    },

    /** Types into an external select, of a modal or of a message; gives the options that the bot offers. */
    async suggest(
      given: { user: string; actionId: string; blockId?: string; value: string } & (
        | { viewId?: string }
        | { channel: string; messageTs: string }
      ),
    ): Promise<Suggested> {
      const { user, actionId, blockId, value } = given;
      const aimed = { actionId, ...(blockId === undefined ? {} : { blockId }) };
      const place = () => {
        if (!('channel' in given)) {
          const view = topOf(user, given.viewId);
          return {
            blocks: blocksOf(view.view),
            in: { container: { type: 'view', view_id: view.id }, view: wireView(state, view) },
          };
        }
        const channel = state.channels.get(given.channel);
        const message = state.shown(given.channel, given.messageTs);
        if (!channel || !message) throw new Error(`There is no message ${given.messageTs} in ${given.channel}.`);
        return { blocks: message.blocks, in: onMessage(state, message, channel) };
      };
      const here = place();
      const held = aim(here.blocks, aimed);
      const payload = {
        ...interaction(state, 'block_suggestion', user),
        ...here.in,
        action_id: actionId,
        block_id: held.blockId,
        value,
      };
      const answer = await delivery.send({ type: 'interactive', payload, acceptsResponse: true });
      const said = parseJson(answer.body);
      const flat = isObject(said)
        ? [...objects(said.options), ...objects(said.option_groups).flatMap((group) => objects(group.options))]
        : [];
      const valid =
        !answer.problem && isObject(said) && list(plainOption, LIMITS.selectOptions)(flat, '/options').length === 0;
      const options = valid ? flat : [];
      offered.set(actionId, [...(offered.get(actionId) ?? []), ...options]);
      return { ...answer, options, ...(valid ? {} : { problem: answer.problem ?? 'invalid_options' }) };
    },
  };
}

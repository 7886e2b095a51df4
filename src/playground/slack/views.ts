import { stateOf } from './inputs.ts';
import { type JsonObject, objects, stringAt } from './json.ts';
import { LIMITS } from './limits.ts';
import { newId, type State, withIds } from './state.ts';
import type { OpenView, SlackBlock, StateValue } from './types.ts';

export type Views = ReturnType<typeof createViews>;

export const blocksOf = (view: JsonObject): readonly SlackBlock[] => objects(view.blocks) as readonly SlackBlock[];

/** The modals on people's screens and their Home tabs. */
export function createViews(state: State) {
  const open = new Map<string, OpenView>();
  const stacks = new Map<string, readonly string[]>();
  const homes = new Map<string, OpenView>();

  const newHash = () => `${Math.floor(state.now().getTime() / 1000)}.${newId('', 8)}`;
  const stackOf = (user: string): readonly string[] => stacks.get(user) ?? [];
  const shown = (user: string) => state.notify({ kind: 'view', user });

  const made = (user: string, view: JsonObject, root: string | undefined, previous: string | undefined): OpenView => {
    const id = newId('V');
    const blocks = withIds(objects(view.blocks));
    return {
      id,
      user,
      view: { ...view, blocks },
      hash: newHash(),
      values: stateOf(blocks),
      rootId: root ?? id,
      previousId: previous,
      errors: {},
    };
  };

  const setStack = (user: string, ids: readonly string[]) => {
    for (const id of stackOf(user)) if (!ids.includes(id)) open.delete(id);
    stacks.set(user, ids);
    shown(user);
  };

  const patch = (id: string, fields: Partial<OpenView>): OpenView | undefined => {
    const before = open.get(id);
    if (!before) return undefined;
    const after = { ...before, ...fields };
    open.set(id, after);
    shown(after.user);
    return after;
  };

  return {
    /** Root first. */
    stack: (user: string): readonly OpenView[] => stackOf(user).flatMap((id) => open.get(id) ?? []),
    home: (user: string): OpenView | undefined => homes.get(user),
    byId: (id: string): OpenView | undefined => open.get(id),
    byExternalId: (externalId: string): OpenView | undefined =>
      [...open.values()].find((each) => stringAt(each.view, 'external_id') === externalId),

    /** A new root modal; it takes the place of what the person had open. */
    open(user: string, view: JsonObject): OpenView {
      const fresh = made(user, view, undefined, undefined);
      open.set(fresh.id, fresh);
      setStack(user, [fresh.id]);
      return fresh;
    },
    canPush: (user: string): boolean => stackOf(user).length < LIMITS.viewDepth,
    push(user: string, view: JsonObject): OpenView {
      const ids = stackOf(user);
      const fresh = made(user, view, ids[0], ids.at(-1));
      open.set(fresh.id, fresh);
      setStack(user, [...ids, fresh.id]);
      return fresh;
    },
    /** New content for an open modal. What was entered stays where block_id, action_id and element kind are the same. */
    update(id: string, view: JsonObject): OpenView | undefined {
      const blocks = withIds(objects(view.blocks));
      const values = stateOf(blocks, open.get(id)?.values);
      return patch(id, { view: { ...view, blocks }, hash: newHash(), values, errors: {}, problem: undefined });
    },
    enter(id: string, blockId: string, actionId: string, value: StateValue): OpenView | undefined {
      const before = open.get(id);
      if (!before) return undefined;
      return patch(id, { values: { ...before.values, [blockId]: { ...before.values[blockId], [actionId]: value } } });
    },
    refuse: (id: string, errors: OpenView['errors']): OpenView | undefined => patch(id, { errors, problem: undefined }),
    fail: (id: string): OpenView | undefined => patch(id, { problem: 'We had some trouble connecting. Try again?' }),
    /** Closes the view and what lies above it; the one below shows again. */
    close(id: string): void {
      const view = open.get(id);
      if (!view) return;
      const ids = stackOf(view.user);
      setStack(view.user, ids.slice(0, ids.indexOf(id)));
    },
    clear: (user: string): void => setStack(user, []),

    publish(user: string, view: JsonObject): OpenView {
      const before = homes.get(user);
      const fresh = made(user, view, undefined, undefined);
      const home = before ? { ...fresh, id: before.id, rootId: before.id } : fresh;
      homes.set(user, home);
      state.notify({ kind: 'home', user });
      return home;
    },
    enterHome(user: string, blockId: string, actionId: string, value: StateValue): OpenView | undefined {
      const before = homes.get(user);
      if (!before) return undefined;
      const after = {
        ...before,
        values: { ...before.values, [blockId]: { ...before.values[blockId], [actionId]: value } },
      };
      homes.set(user, after);
      state.notify({ kind: 'home', user });
      return after;
    },
  };
}

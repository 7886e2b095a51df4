import { perform } from '../act.ts';
import { store } from '../store.ts';
import type { Choice, Json } from '../wire.ts';
import type { Pressed } from './card.ts';
import type { Search } from './extras.ts';

export type OnMessage = { readonly conversation: string; readonly message: string };

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const dataOf = (action: Json): Json => (isObject(action.data) ? action.data : {});
const opensDialog = (data: Json): boolean => isObject(data.msteams) && data.msteams.type === 'task/fetch';

/** Names the pressed button while it waits. A card that is drawn anew meanwhile has a fresh one. */
function waiting(where: string, { action, button }: Pressed): { readonly wait: string } {
  const wait = `${where}/${JSON.stringify([action.verb, action.data, action.title])}`;
  if (button) button.dataset.busy = wait;
  return { wait };
}

const kinds: {
  readonly [type: string]: (on: OnMessage, pressed: Pressed) => void;
} = {
  'Action.Execute': (on, pressed) =>
    void perform(
      { act: 'teams.execute', ...on, action: pressed.action, inputs: pressed.inputs },
      waiting(on.message, pressed),
    ),
  'Action.Submit': (on, pressed) => {
    const data = dataOf(pressed.action);
    const act = opensDialog(data) ? 'teams.openDialog' : 'teams.submit';
    void perform({ act, ...on, data, inputs: pressed.inputs }, waiting(on.message, pressed));
  },
};

/** What a button of a card in a message does. */
export function pressOnMessage(on: OnMessage, pressed: Pressed): void {
  const type = String(pressed.action.type);
  if (Object.hasOwn(kinds, type)) kinds[type]?.(on, pressed);
}

/** What a button of a dialog's card does: it sends the dialog. */
export function pressInDialog(dialog: string, via: 'card' | 'compose', pressed: Pressed): void {
  const data = { ...dataOf(pressed.action), ...pressed.inputs };
  void perform({ act: 'teams.sendDialog', dialog, via, data }, waiting(dialog, pressed));
}

/** The people of the tenant, whom Teams' own picker searches without asking the app. */
const directory = 'graph.microsoft.com/users';
const people = (typed: string): readonly Choice[] =>
  (store.world?.people ?? [])
    .filter((each) => each.name.toLowerCase().includes(typed.toLowerCase()))
    .map(({ name, directory: value }) => ({ title: name, value }));

export const searchFrom =
  (conversation: string, message?: string): Search =>
  async (dataset, typed): Promise<readonly Choice[]> => {
    if (dataset === directory) return people(typed);
    const where = message === undefined ? { conversation } : { conversation, message };
    return (await perform({ act: 'teams.search', ...where, dataset, text: typed })).choices ?? [];
  };

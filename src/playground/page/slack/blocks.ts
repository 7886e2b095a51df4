import { isBusy, perform } from '../act.ts';
import { type Child, h, type Keyed, newId } from '../dom.ts';
import { store } from '../store.ts';
import type { Choice, InputAnswer, Json, SlackView } from '../wire.ts';
import { drawElement, picture, type Use } from './elements.ts';
import { isObject, list, object, text, words } from './json.ts';
import { drawRichText, drawText } from './text.ts';

/** What blocks stand in: decides where a press goes. */
export type Surface = { readonly client: HTMLElement } & (
  | { readonly on: 'message'; readonly channel: string; readonly message: string }
  | { readonly on: 'home'; readonly view: SlackView }
  | { readonly on: 'modal'; readonly view: SlackView; readonly answers: Map<string, InputAnswer> }
);

const choicesOf = async (acted: ReturnType<typeof perform>): Promise<readonly Choice[]> => (await acted).choices ?? [];

type Aim = { readonly block: string; readonly action: string };
type Reach = {
  readonly key: string;
  readonly state: (aim: Aim) => Json | undefined;
  readonly press: (aim: Aim, value: InputAnswer | undefined, wait: string) => void;
  readonly suggest: (aim: Aim, typed: string) => Promise<readonly Choice[]>;
};
const given = (value: InputAnswer | undefined) => (value === undefined ? {} : { value });

/** How each surface reaches the app. */
const reaches: { readonly [K in Surface['on']]: (surface: Extract<Surface, { on: K }>) => Reach } = {
  message: ({ channel, message }) => ({
    key: `${channel}/${message}`,
    state: () => undefined,
    press: (aim, value, wait) =>
      void perform({ act: 'slack.press', channel, message, ...aim, ...given(value) }, { wait }),
    suggest: (aim, typed) => choicesOf(perform({ act: 'slack.suggestIn', channel, message, ...aim, text: typed })),
  }),
  home: ({ view }) => ({
    key: 'home',
    state: ({ block, action }) => view.values[block]?.[action],
    press: (aim, value, wait) => void perform({ act: 'slack.pressHome', ...aim, ...given(value) }, { wait }),
    suggest: async () => [],
  }),
  modal: ({ view }) => ({
    key: view.id,
    state: ({ block, action }) => view.values[block]?.[action],
    press: (aim, value, wait) =>
      void perform({ act: 'slack.pressModal', view: view.id, ...aim, ...given(value) }, { wait }),
    suggest: (aim, typed) => choicesOf(perform({ act: 'slack.suggest', view: view.id, ...aim, text: typed })),
  }),
};

function use(element: Json, block: Json, surface: Surface, label: string, more: Partial<Use> = {}): Use {
  const aim = { block: text(block, 'block_id'), action: text(element, 'action_id') };
  const reach = reaches[surface.on](surface as never);
  // Buttons of one block may share an action id: their values tell them apart.
  const wait = [reach.key, aim.block, aim.action, text(element, 'value')].join('/');
  return {
    client: surface.client,
    block: aim.block,
    state: reach.state(aim),
    label,
    wait,
    answer: (value) => reach.press(aim, value, wait),
    typed: () => {},
    suggest: (typed) => reach.suggest(aim, typed),
    ...more,
  };
}

function interactive(element: Json, block: Json, surface: Surface, label: string): Child {
  const used = use(element, block, surface, label);
  const made = drawElement(element, used);
  if (made instanceof HTMLElement && isBusy(used.wait)) made.toggleAttribute('data-waiting', true);
  return made;
}

type Draw = (block: Json, surface: Surface) => Child;

const section: Draw = (block, surface) => {
  const accessory = object(block, 'accessory');
  return [
    h(
      'div',
      { class: 'section-words' },
      isObject(block.text) && h('div', {}, drawText(block.text)),
      Array.isArray(block.fields) &&
        h(
          'div',
          { class: 'section-fields' },
          list(block, 'fields').map((f) => h('div', {}, drawText(f))),
        ),
    ),
    isObject(block.accessory) &&
      h('div', { class: 'accessory' }, interactive(accessory, block, surface, words(block, 'text') || 'Choose')),
  ];
};

const table: Draw = (block) => {
  const rows = Array.isArray(block.rows) ? block.rows : [];
  const cell = (each: Json): Child => (text(each, 'type') === 'rich_text' ? drawRichText(each) : text(each, 'text'));
  return h(
    'table',
    {},
    rows.map((row: unknown, nth) =>
      h(
        'tr',
        {},
        (Array.isArray(row) ? row.filter(isObject) : []).map((each) => h(nth === 0 ? 'th' : 'td', {}, cell(each))),
      ),
    ),
  );
};

/** One input of a modal: what is typed is kept here, and sent when the person leaves the field. */
const input: Draw = (block, surface) => {
  const element = object(block, 'element');
  const name = text(block, 'block_id');
  const action = text(element, 'action_id');
  const [label, help] = [newId(), newId()];
  const dispatched = block.dispatch_action === true;
  const wait = `${name}/${action}`;
  const used = use(element, block, surface, words(block, 'label'), {
    labelledBy: label,
    describedBy: help,
    typed: (value) => void (surface.on === 'modal' && surface.answers.set(name, value)),
    answer(value = null) {
      if (surface.on !== 'modal')
        return reaches[surface.on](surface as never).press({ block: name, action }, value, wait);
      surface.answers.set(name, value);
      void perform(
        { act: 'slack.enter', view: surface.view.id, block: name, action, value },
        dispatched ? { wait } : { silent: true },
      );
    },
  });
  return [
    h(
      'div',
      { class: 'label', id: label },
      drawText(block.label),
      block.optional === true && h('span', { class: 'optional' }, ' (optional)'),
    ),
    drawElement(element, used),
    h('div', { class: 'help', id: help }, isObject(block.hint) && drawText(block.hint), h('span', { class: 'error' })),
  ];
};

const draws: { readonly [type: string]: Draw } = {
  header: (block) => h('h3', {}, drawText(block.text)),
  section,
  rich_text: (block) => drawRichText(block),
  // A space between two for those who copy or listen; what is seen is the style sheet's.
  context: (block) =>
    list(block, 'elements').map((e) => [text(e, 'type') === 'image' ? picture(e) : h('span', {}, drawText(e)), ' ']),
  actions: (block, surface) => list(block, 'elements').map((e) => interactive(e, block, surface, 'Choose')),
  divider: () => h('hr'),
  image: (block) => [
    isObject(block.title) && h('div', { class: 'image-title' }, drawText(block.title)),
    picture(block),
  ],
  table,
  input,
};

export function drawBlock(block: Json, surface: Surface): HTMLElement {
  const type = text(block, 'type');
  const draw = Object.hasOwn(draws, type) ? draws[type] : undefined;
  const known = draw ? draw(block, surface) : `Blocks of type “${type}” are not drawn in the playground.`;
  const kind = draw ? type.replaceAll('_', '-') : 'unknown';
  return h('div', { class: `block block-${kind}`, 'data-block': text(block, 'block_id') }, known);
}

export const drawBlocks = (blocks: readonly Json[], surface: Surface): readonly HTMLElement[] =>
  blocks.map((block) => drawBlock(block, surface));

/** The blocks of a view, each drawn again only when it has changed: what is half-typed in the others stays. */
export function keyedBlocks(view: SlackView, surface: Surface): readonly Keyed[] {
  const names = JSON.stringify([store.state?.slack.users.length, store.state?.slack.channels.length]);
  return list(view.view, 'blocks').map((block, nth) => ({
    // Blocks without an id of the app's are given a new one each time, so their place is what they are known by.
    key: text(block, 'type') === 'input' ? `input/${text(block, 'block_id')}` : `${nth}/${text(block, 'type')}`,
    made: names + JSON.stringify(block),
    build: () => drawBlock(block, surface),
  }));
}

import { BLOCKS, type Surface } from './blocks.ts';
import { plainText } from './composition.ts';
import { isInteractive } from './elements.ts';
import { isObject, type JsonObject, objects, stringAt, textOf } from './json.ts';
import { LIMITS } from './limits.ts';
import { boolean, byType, type Check, list, oneOf, required, shape, string, whole, wrong } from './schema.ts';

/** Interactive elements of a block with the pointer of each: those in lists, the accessory, the input's element. */
export function elementsOf(of: JsonObject): readonly { readonly element: JsonObject; readonly at: string }[] {
  const single = (['accessory', 'element'] as const).flatMap((key) =>
    isObject(of[key]) ? [{ element: of[key], at: key as string }] : [],
  );
  const listed = (['elements', 'actions'] as const).flatMap((key) =>
    objects(of[key]).map((element, index) => ({ element, at: `${key}/${index}` })),
  );
  const nested = (['child_blocks', 'elements'] as const).flatMap((key) =>
    objects(of[key]).flatMap((child, index) =>
      stringAt(child, 'type') === 'rich_text'
        ? []
        : elementsOf(child).map(({ element, at }) => ({ element, at: `${key}/${index}/${at}` })),
    ),
  );
  return [...single, ...listed, ...nested].filter(({ element }) => isInteractive(element));
}

function unique(
  found: readonly { readonly name: string; readonly id: string | undefined; readonly at: string }[],
): readonly string[] {
  const seen = new Set<string>();
  return found.flatMap(({ name, id, at }) => {
    if (id === undefined || !seen.has(id)) {
      if (id !== undefined) seen.add(id);
      return [];
    }
    return [wrong(`\`${name}\` "${id}" already exists`, at)];
  });
}

const MOST_OF_A_KIND: { readonly [type: string]: number } = {
  table: LIMITS.tablesPerMessage,
  data_table: LIMITS.tablesPerMessage,
  data_visualization: LIMITS.chartsPerMessage,
};

/**
 * Checks the blocks of a surface as Slack does. Gives its messages without the `[ERROR]` mark, empty when all is well.
 * `at` is the pointer of the list: `/blocks` for messages, `/view/blocks` for views.
 */
export function checkBlocks(blocks: unknown, surface: Surface, at: string): readonly string[] {
  const legal = Object.fromEntries(
    Object.entries(BLOCKS).flatMap(([type, { on, check }]) => (on.includes(surface) ? [[type, check] as const] : [])),
  );
  const most = surface === 'message' ? LIMITS.blocksPerMessage : LIMITS.blocksPerView;
  const found = list(byType(legal), most)(blocks, at);
  if (found.length > 0) return found;
  const all = objects(blocks);
  const kinds = Object.entries(MOST_OF_A_KIND).flatMap(([type, max]) =>
    all.filter((each) => each.type === type).length > max
      ? [wrong(`no more than ${max} ${type} blocks allowed`, at)]
      : [],
  );
  const markdown = all.filter((each) => each.type === 'markdown');
  const tooMuchMarkdown =
    textOf(markdown) > LIMITS.markdownText
      ? [wrong(`must be less than ${LIMITS.markdownText + 1} characters`, at)]
      : [];
  const blockIds = unique(
    all.map((each, i) => ({ name: 'block_id', id: stringAt(each, 'block_id'), at: `${at}/${i}/block_id` })),
  );
  const actionIds = all.flatMap((each, i) =>
    unique(
      elementsOf(each).map(({ element, at: path }) => ({
        name: 'action_id',
        id: stringAt(element, 'action_id'),
        at: `${at}/${i}/${path}/action_id`,
      })),
    ),
  );
  const focused = all.flatMap((each) => elementsOf(each)).filter(({ element }) => element.focus_on_load === true);
  const twoFocused = focused.length > 1 ? [wrong('only one element may set `focus_on_load`', at)] : [];
  return [...kinds, ...tooMuchMarkdown, ...blockIds, ...actionIds, ...twoFocused];
}

/** What is wrong with a view for `surface`, as `views.*` would say it. */
export function checkView(view: unknown, surface: 'modal' | 'home'): readonly string[] {
  const blocks: Check = (value, at) => checkBlocks(value, surface, at);
  const common = {
    type: required(oneOf(surface)),
    blocks: required(blocks),
    private_metadata: string(LIMITS.privateMetadata),
    callback_id: string(LIMITS.callbackId),
    external_id: string(LIMITS.externalId),
  };
  const modal = {
    ...common,
    title: required(plainText(LIMITS.viewTitle)),
    submit: plainText(LIMITS.viewSubmit),
    close: plainText(LIMITS.viewClose),
    clear_on_close: boolean,
    notify_on_close: boolean,
    submit_disabled: boolean,
  };
  const found = whole(shape(surface === 'modal' ? modal : common))(view, '/view');
  if (found.length > 0 || surface === 'home' || !isObject(view) || view.submit !== undefined) return found;
  return objects(view.blocks).flatMap((each, index) =>
    each.type === 'input'
      ? [wrong('must define `submit` to use an `input` block in modals', `/view/blocks/${index}/input`)]
      : [],
  );
}

/** Is the view, as JSON, larger than Slack takes? */
export function isViewTooLarge(view: unknown): boolean {
  return Buffer.byteLength(JSON.stringify(view) ?? '') > LIMITS.viewBytes;
}

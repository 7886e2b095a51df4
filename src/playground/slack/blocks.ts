import { anyText, mrkdwn, picture, plainText } from './composition.ts';
import { elementIn } from './elements.ts';
import { textOf } from './json.ts';
import { LIMITS } from './limits.ts';
import { richText } from './rich-text.ts';
import {
  also,
  boolean,
  byType,
  type Check,
  type Fields,
  integer,
  list,
  number,
  object,
  oneOf,
  required,
  shape,
  string,
  wrong,
} from './schema.ts';

/** Where blocks are shown; not every block is legal everywhere. */
export type Surface = 'message' | 'modal' | 'home';

const everywhere: readonly Surface[] = ['message', 'modal', 'home'];
const messages: readonly Surface[] = ['message'];

const block = (type: string, fields: Fields): Check =>
  shape({ type: required(oneOf(type)), block_id: string(LIMITS.blockId, 1), ...fields });

const section = also(
  block('section', {
    text: anyText(LIMITS.sectionText),
    fields: list(anyText(LIMITS.sectionField), LIMITS.sectionFields, 1),
    accessory: elementIn('accessory'),
    expand: boolean,
  }),
  (value, at) =>
    value.text === undefined && value.fields === undefined ? [wrong('must define either `text` or `fields`', at)] : [],
);

const rectangle: Check = (value, at) =>
  Array.isArray(value) && value.some((row: unknown) => Array.isArray(row) && row.length > LIMITS.tableColumns)
    ? [wrong(`no more than ${LIMITS.tableColumns} items allowed`, at)]
    : [];

/** Rows of cells; all text of the table together is limited too. */
function rows(max: number): Check {
  const cells = list(list(elementIn('cell', { rich_text: richText }), LIMITS.tableColumns, 1), max, 1);
  return (value, at) => {
    const found = [...rectangle(value, at), ...cells(value, at)];
    if (found.length > 0) return found;
    return textOf(value) > LIMITS.tableCharacters
      ? [wrong(`must be less than ${LIMITS.tableCharacters + 1} characters`, at)]
      : [];
  };
}

const card = block('card', {
  hero_image: picture({}),
  icon: picture({}),
  title: mrkdwn(LIMITS.cardTitle),
  subtitle: mrkdwn(LIMITS.cardTitle),
  body: mrkdwn(LIMITS.cardBody),
  actions: list(elementIn('actions'), LIMITS.contextActionsElements, 1),
});

const taskCard = block('task_card', {
  task_id: required(string(255, 1)),
  // A plain string, not a text object: "must provide a string".
  title: required(string(LIMITS.sectionText, 1)),
  details: richText,
  output: richText,
  sources: list(object, LIMITS.selectOptions),
  status: required(oneOf('pending', 'in_progress', 'complete', 'error')),
});

const point = shape({ label: required(string(LIMITS.chartLabel, 1)), value: required(number) });
const segment = also(point, (value, at) =>
  typeof value.value === 'number' && value.value <= 0 ? [wrong('must be greater than 0', `${at}/value`)] : [],
);
const chart = byType({
  pie: shape({ type: required(oneOf('pie')), segments: required(list(segment, LIMITS.chartSegments, 1)) }),
  ...Object.fromEntries(
    ['bar', 'line', 'area'].map((type) => [
      type,
      shape({
        type: required(oneOf(type)),
        series: required(
          list(
            shape({
              name: required(string(LIMITS.chartLabel, 1)),
              data: required(list(point, LIMITS.chartCategories, 1)),
            }),
            LIMITS.chartSegments,
            1,
          ),
        ),
        axis_config: required(
          shape({
            categories: required(list(string(LIMITS.chartLabel), LIMITS.chartCategories, 1)),
            x_label: string(LIMITS.chartAxisLabel),
            y_label: string(LIMITS.chartAxisLabel),
          }),
        ),
      }),
    ]),
  ),
});

const container: Check = block('container', {
  title: plainText(LIMITS.containerTitle),
  rich_text_title: richText,
  subtitle: anyText(LIMITS.containerTitle),
  child_blocks: required((value, at) => list(childBlock, LIMITS.containerBlocks, 1)(value, at)),
  width: oneOf('narrow', 'standard', 'wide', 'full'),
  icon: picture({}),
  is_collapsible: boolean,
  default_collapsed: boolean,
  has_header_divider: boolean,
});

/** Every block kind: its schema and the surfaces it is legal on. `file` is absent: apps may not place one. */
export const BLOCKS: { readonly [type: string]: { readonly on: readonly Surface[]; readonly check: Check } } = {
  section: { on: everywhere, check: section },
  header: { on: everywhere, check: block('header', { text: required(plainText(LIMITS.headerText)) }) },
  divider: { on: everywhere, check: block('divider', {}) },
  context: {
    on: everywhere,
    check: block('context', {
      elements: required(list(byType(contextElements()), LIMITS.contextElements, 1)),
    }),
  },
  image: {
    on: everywhere,
    check: picture({ block_id: string(LIMITS.blockId, 1), title: plainText(LIMITS.imageTitle) }),
  },
  actions: {
    on: everywhere,
    check: block('actions', { elements: required(list(elementIn('actions'), LIMITS.actionsElements, 1)) }),
  },
  input: {
    on: everywhere,
    check: block('input', {
      label: required(plainText(LIMITS.inputLabel)),
      hint: plainText(LIMITS.inputHint),
      element: required(elementIn('input')),
      optional: boolean,
      dispatch_action: boolean,
    }),
  },
  rich_text: { on: everywhere, check: richText },
  video: {
    on: everywhere,
    check: block('video', {
      video_url: required(string(LIMITS.imageUrl, 1)),
      thumbnail_url: required(string(LIMITS.imageUrl, 1)),
      alt_text: required(string(LIMITS.imageAlt)),
      title: required(plainText(LIMITS.videoTitle - 1)),
      title_url: string(LIMITS.imageUrl),
      author_name: string(LIMITS.videoAuthor - 1),
      provider_name: string(255),
      provider_icon_url: string(LIMITS.imageUrl),
      description: plainText(LIMITS.videoTitle),
    }),
  },
  markdown: { on: messages, check: block('markdown', { text: required(string(LIMITS.markdownText, 1)) }) },
  table: {
    on: messages,
    check: block('table', {
      rows: required(rows(LIMITS.tableRows)),
      column_settings: list(object, LIMITS.tableColumns),
    }),
  },
  data_table: {
    on: messages,
    check: block('data_table', {
      rows: required(rows(LIMITS.tableRows + 1)),
      caption: required(string(LIMITS.sectionText, 1)),
      page_size: integer(1, LIMITS.dataTablePageSize),
      row_header_column_index: integer(0, LIMITS.tableColumns),
    }),
  },
  data_visualization: {
    on: messages,
    check: block('data_visualization', { title: required(string(LIMITS.chartTitle, 1)), chart: required(chart) }),
  },
  context_actions: {
    on: messages,
    check: block('context_actions', {
      elements: required(list(elementIn('contextActions'), LIMITS.contextActionsElements, 1)),
    }),
  },
  task_card: { on: messages, check: taskCard },
  plan: {
    on: messages,
    check: block('plan', {
      title: required(string(LIMITS.sectionText, 1)),
      tasks: list(object, LIMITS.blocksPerMessage),
    }),
  },
  card: { on: ['message', 'home'], check: card },
  carousel: {
    on: ['message', 'home'],
    check: block('carousel', { elements: required(list(byType({ card }), LIMITS.carouselCards, 1)) }),
  },
  container: { on: messages, check: container },
  alert: {
    on: ['modal'],
    check: block('alert', {
      text: required(anyText(LIMITS.sectionText)),
      level: oneOf('default', 'info', 'warning', 'error', 'success'),
    }),
  },
};

function contextElements(): { readonly [type: string]: Check } {
  return { image: picture({}), plain_text: plainText(LIMITS.contextText), mrkdwn: mrkdwn(LIMITS.contextText) };
}

const childBlock = byType(
  Object.fromEntries(
    ['actions', 'context', 'divider', 'header', 'image', 'input', 'rich_text', 'section', 'table', 'video'].flatMap(
      (type) => {
        const known = BLOCKS[type];
        return known ? [[type, known.check] as const] : [];
      },
    ),
  ),
);

import { LIMITS } from './limits.ts';
import {
  boolean,
  byType,
  type Check,
  type Fields,
  integer,
  list,
  number,
  oneOf,
  required,
  shape,
  string,
} from './schema.ts';

/** The structure of a `rich_text` block: sections, lists, quotes and preformatted parts, and the elements inside. */

const style = shape({
  bold: boolean,
  italic: boolean,
  strike: boolean,
  code: boolean,
  underline: boolean,
  highlight: boolean,
  client_highlight: boolean,
  unlink: boolean,
});

const part = (type: string, fields: Fields): Check => shape({ type: required(oneOf(type)), style, ...fields });
const id: Check = string(255, 1);
const url: Check = string(LIMITS.imageUrl, 1);

const RICH_TEXT_PARTS: { readonly [type: string]: Check } = {
  // An empty run of text is refused: "must be more than 0 characters".
  text: part('text', { text: required(string(LIMITS.messageText, 1)) }),
  link: part('link', { url: required(url), text: string(LIMITS.messageText), unsafe: boolean }),
  user: part('user', { user_id: required(id) }),
  usergroup: part('usergroup', { usergroup_id: required(id) }),
  channel: part('channel', { channel_id: required(id) }),
  team: part('team', { team_id: required(id) }),
  broadcast: part('broadcast', { range: required(oneOf('here', 'channel', 'everyone')) }),
  emoji: part('emoji', { name: required(id), unicode: string(255), url, skin_tone: integer(1, 6) }),
  date: part('date', {
    timestamp: required(number),
    format: required(string(255, 1)),
    url,
    fallback: string(LIMITS.messageText),
  }),
  color: part('color', { value: required(id) }),
};

const parts = list(byType(RICH_TEXT_PARTS), LIMITS.messageText);
const border = oneOf(0, 1);
const section = shape({ type: required(oneOf('rich_text_section')), elements: required(parts) });

const containers = byType({
  rich_text_section: section,
  rich_text_quote: shape({ type: required(oneOf('rich_text_quote')), elements: required(parts), border }),
  rich_text_preformatted: shape({
    type: required(oneOf('rich_text_preformatted')),
    elements: required(
      list(
        byType({ text: RICH_TEXT_PARTS.text ?? section, link: RICH_TEXT_PARTS.link ?? section }),
        LIMITS.messageText,
      ),
    ),
    border,
    language: string(255),
  }),
  rich_text_list: shape({
    type: required(oneOf('rich_text_list')),
    style: required(oneOf('bullet', 'ordered')),
    elements: required(list(byType({ rich_text_section: section }), LIMITS.messageText, 1)),
    indent: integer(0, 8),
    offset: integer(0, 10_000),
    border,
  }),
});

/** A whole `rich_text` block. */
export const richText: Check = shape({
  type: required(oneOf('rich_text')),
  block_id: string(LIMITS.blockId, 1),
  elements: required(list(containers, LIMITS.messageText)),
});

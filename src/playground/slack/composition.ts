import { LIMITS } from './limits.ts';
import {
  also,
  boolean,
  byType,
  type Check,
  type Fields,
  list,
  oneOf,
  pattern,
  required,
  shape,
  string,
  whole,
  wrong,
} from './schema.ts';

/** Block Kit's composition objects: text, confirmation dialogs, options, pictures. */

export function plainText(max: number, min = 1): Check {
  return whole(shape({ type: required(oneOf('plain_text')), text: required(string(max, min)), emoji: boolean }));
}

const marked = (max: number, min = 1): Check =>
  shape({ type: required(oneOf('mrkdwn')), text: required(string(max, min)), verbatim: boolean });

export function anyText(max: number, min = 1): Check {
  const plain = shape({ type: required(oneOf('plain_text')), text: required(string(max, min)), emoji: boolean });
  return whole(byType({ plain_text: plain, mrkdwn: marked(max, min) }));
}

export function mrkdwn(max: number): Check {
  return whole(byType({ mrkdwn: marked(max) }));
}

export const confirm = shape({
  title: plainText(LIMITS.confirmTitle),
  text: required(anyText(LIMITS.confirmText)),
  confirm: plainText(LIMITS.confirmButton),
  deny: plainText(LIMITS.confirmButton),
  style: oneOf('primary', 'danger'),
});

function option(text: Check): Check {
  return shape({
    text: required(text),
    value: string(LIMITS.optionValue, 1),
    description: anyText(LIMITS.optionDescription),
    url: string(LIMITS.optionUrl),
  });
}
export const plainOption = option(plainText(LIMITS.optionText));
export const richOption = option(anyText(LIMITS.optionText));

export const optionGroup = shape({
  label: required(plainText(LIMITS.optionGroupLabel)),
  options: required(list(plainOption, LIMITS.selectOptions, 1)),
});

/** One of its id and its address; Slack refuses both together. */
const slackFile = also(shape({ id: pattern(/^F[A-Z0-9]{8,}$/), url: string(LIMITS.imageUrl) }), (value, at) =>
  'id' in value === 'url' in value ? [wrong('must define either `id` or `url`', at)] : [],
);

/** The fields of a picture, as an element or as a block: one of `image_url` and `slack_file`. */
export function picture(more: Fields): Check {
  const fields = {
    image_url: string(LIMITS.imageUrl, 1),
    slack_file: slackFile,
    alt_text: required(string(LIMITS.imageAlt)),
    ...more,
  };
  return also(shape({ type: required(oneOf('image')), ...fields }), (value, at) =>
    'image_url' in value === 'slack_file' in value ? [wrong('must define either `image_url` or `slack_file`', at)] : [],
  );
}

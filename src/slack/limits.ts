import type { Rate } from './limiter.ts';

/**
 * Slack's limits, each with its name and number (Block Kit and method pages of docs.slack.dev, @slack/types). Text is
 * counted in UTF-16 units here, which is never fewer than the code points that Slack counts.
 */
export const LIMITS = {
  messageBlocks: 50,
  viewBlocks: 100,
  headerText: 150,
  imageAlt: 2000,
  contextElements: 10,
  contextText: 2000,
  actionsElements: 25,
  buttonText: 75,
  buttonValue: 2000,
  selectOptions: 100,
  /** Slack takes ten; more than five are quicker to read in a menu. */
  radioOptions: 5,
  /** A scale stays a row of radio buttons up to Slack's ten. */
  scaleOptions: 10,
  optionText: 75,
  optionValue: 75,
  identifier: 255,
  modalTitle: 24,
  modalButton: 24,
  placeholder: 150,
  inputLabel: 2000,
  inputHint: 2000,
  inputText: 3000,
  confirmText: 300,
  confirmButton: 30,
  url: 3000,
  /** chat.update refuses more; chat.postMessage would cut at 40,000. */
  fallbackText: 4000,
  shortcutName: 24,
  shortcutDescription: 150,
  /** One rich_text block. Slack publishes no number: this is the section's. */
  richText: 3000,
  /** One `text`, `quote`, `code` or `diff` of ours in a message or a home page, over several blocks. */
  longText: 6000,
  /** All text of a message: `msg_blocks_too_long` was seen from 13,200 on. The rest is for saying what is left out. */
  messageText: 11_000,
  /** All text of a view, so that 250 KB (`view_too_large`) are never reached. */
  viewText: 60_000,
  /** conversations.members takes up to 1,000 and recommends 200. */
  memberPage: 200,
  memberPages: 150,
  /** People in one dnd.teamInfo. */
  disturbances: 50,
  /** Bytes of one request; Bolt's own receiver stops at the same. */
  requestBytes: 4 * 1024 * 1024,
  /** Seconds that a signature's time may differ from ours, either way. */
  signatureSkew: 300,
} as const;

/** Milliseconds to wait for Slack. A person waits behind the interactive ones. */
export const TIMEOUTS = { bulk: 10_000, interactive: 2_500 } as const;

/**
 * How fast we send in bulk, below what Slack takes: one post a second per channel and "several hundred" a minute per
 * workspace, chat.update tier 3 (50 a minute), views.publish and files.* tier 4 (100 a minute), dnd.teamInfo
 * tier 2 (20 a minute).
 */
export const RATES = {
  channel: { perMinute: 60, burst: 3 },
  'chat.postMessage': { perMinute: 300, burst: 30 },
  'chat.update': { perMinute: 50, burst: 25 },
  'dnd.teamInfo': { perMinute: 18, burst: 3 },
  'views.publish': { perMinute: 100, burst: 50 },
  'files.getUploadURLExternal': { perMinute: 100, burst: 30 },
} as const satisfies Readonly<Record<string, Rate>>;

/** Of a burst's calls, those that edits which pass leave to edits that somebody waits for. */
export const LEAVE = { 'chat.update': 15 } as const;

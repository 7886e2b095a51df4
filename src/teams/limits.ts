/** Teams' published limits (October 2026), and the ones we set ourselves to stay far inside them. */
export const LIMITS = {
  /** The newest Adaptive Card schema that every Teams client draws. */
  cardVersion: '1.5',
  /** Teams refuses about 100 KB (413 MessageSizeTooBig), counted in UTF-16; it advises to stay under 80. */
  activityBytes: 80 * 1024,
  /** Clients draw six buttons of one row and silently drop the others; those go into the overflow menu. */
  primaryActions: 6,
  buttonTitle: 80,
  title: 200,
  /** What the notification and the list of chats show. */
  summary: 400,
  /** One block's text: characters and lines. */
  text: 6000,
  lines: 80,
  factLabel: 60,
  facts: 40,
  steps: 40,
  tableRows: 40,
  /** A word of a table that counts for the width of its column. */
  tableWord: 14,
  items: 40,
  codeLine: 400,
  codeLines: 120,
  /** A dialog's or a card's one-line answer; longer ones are drawn as a card. */
  answerText: 300,
  dialogTitle: 64,
  choices: 200,
  choiceTitle: 100,
  /** What a request to us may weigh. Teams' own activities are under 100 KB. */
  requestBytes: 1024 * 1024,
  /** What an answer of Teams may weigh: a page of 500 members is about 250 KB. */
  responseBytes: 2 * 1024 * 1024,
  /** A message turned into text for a shortcut; Teams' own messages end at 28 KB of HTML. */
  quotedHtml: 60_000,
  memberPage: 500,
  /** Members beyond this many pages are not read: a team ends at 25,000 people. */
  memberPages: 60,
} as const;

/** Milliseconds to wait for Teams. A person waits behind the interactive ones. */
export const TIMEOUTS = { bulk: 10_000, interactive: 5_000 } as const;

/** Calls per window of seconds: `conversation` per bot and conversation, `tenant` for all that the bot does in it. */
export const RATES = {
  conversation: [
    [7, 1],
    [8, 2],
    [60, 30],
    [1800, 3600],
  ],
  tenant: [[50, 1]],
} as const;
/** The share of a rate that edits which pass keep to; the rest is left to what somebody waits for. */
export const passingShare = 2 / 3;
export type RateScope = keyof typeof RATES;

/**
 * Slack's limits, each with its name and number. Text is counted in code points, lists in items, times in milliseconds.
 * Sources: the method and Block Kit pages of docs.slack.dev and @slack/types; where Slack publishes no number the comment says what was observed.
 */
export const LIMITS = {
  blocksPerMessage: 50,
  blocksPerView: 100,
  actionId: 255,
  blockId: 255,
  callbackId: 255,
  externalId: 255,
  privateMetadata: 3000,
  viewTitle: 24,
  viewSubmit: 24,
  viewClose: 24,
  viewBytes: 250_000,
  viewDepth: 3,

  sectionText: 3000,
  sectionFields: 10,
  sectionField: 2000,
  headerText: 150,
  contextElements: 10,
  contextText: 3000,
  actionsElements: 25,
  contextActionsElements: 5,
  inputLabel: 2000,
  inputHint: 2000,
  imageAlt: 2000,
  imageTitle: 2000,
  imageUrl: 3000,
  videoTitle: 200,
  videoAuthor: 50,
  markdownText: 12_000,

  buttonText: 75,
  buttonValue: 2000,
  buttonUrl: 3000,
  accessibilityLabel: 75,
  selectOptions: 100,
  optionGroups: 100,
  optionGroupLabel: 75,
  choiceOptions: 10,
  overflowOptions: 5,
  optionText: 75,
  /** @slack/types says 75; the docs page says 150. The smaller is safe on both. */
  optionValue: 75,
  optionDescription: 75,
  optionUrl: 3000,
  placeholder: 150,
  plainTextInput: 3000,
  fileInputFiles: 10,
  confirmTitle: 100,
  confirmText: 300,
  confirmButton: 30,

  tablesPerMessage: 1,
  tableRows: 100,
  tableColumns: 20,
  tableCharacters: 10_000,
  dataTablePageSize: 100,
  chartsPerMessage: 2,
  chartTitle: 50,
  chartSegments: 12,
  chartLabel: 20,
  chartAxisLabel: 50,
  chartCategories: 20,
  cardTitle: 150,
  cardBody: 200,
  carouselCards: 10,
  containerBlocks: 10,
  containerTitle: 150,

  /** Longer texts are cut, not refused. */
  messageText: 40_000,
  updateText: 4_000,
  attachments: 100,
  /** All text of a message's blocks together; unpublished, `msg_blocks_too_long` was seen from about 13,200 on (slackapi/bolt-js#2509). */
  messageBlocksText: 13_200,

  triggerMs: 3_000,
  ackMs: 3_000,
  responseUrlMs: 30 * 60_000,
  responseUrlUses: 5,
} as const;

/** A rate: `perMinute` on average, `burst` at once. */
export type Rate = { readonly perMinute: number; readonly burst: number };

/**
 * Web API tiers ("20+ per minute": the plus is taken as none, a test should not live on generosity). `special` has no tier of its own.
 * How large a burst Slack tolerates is not published: a minute's worth for the tiers, a handful for posts.
 */
export const RATES = {
  tier1: { perMinute: 1, burst: 1 },
  tier2: { perMinute: 20, burst: 20 },
  tier3: { perMinute: 50, burst: 50 },
  tier4: { perMinute: 100, burst: 100 },
  special: { perMinute: 600, burst: 600 },
  postPerChannel: { perMinute: 60, burst: 4 },
  postPerWorkspace: { perMinute: 300, burst: 300 },
  responseUrl: { perMinute: 60, burst: 4 },
} as const satisfies Record<string, Rate>;

export type Tier = 'tier1' | 'tier2' | 'tier3' | 'tier4' | 'special';

/** Token buckets on the injected clock. `take` gives the seconds to wait (whole, at least 1), or `undefined` when the call may pass. */
export function createRateLimiter(now: () => Date): { take(key: string, rate: Rate): number | undefined } {
  const buckets = new Map<string, { tokens: number; at: number }>();
  return {
    take(key, rate) {
      const at = now().getTime();
      const perMs = rate.perMinute / 60_000;
      const last = buckets.get(key) ?? { tokens: rate.burst, at };
      const tokens = Math.min(rate.burst, last.tokens + Math.max(0, at - last.at) * perMs);
      // A hair under one token counts as one: 3.0 s of refill must not fail on the last binary digit.
      if (tokens >= 1 - 1e-6) {
        buckets.set(key, { tokens: tokens - 1, at });
        return undefined;
      }
      buckets.set(key, { tokens, at });
      return Math.max(1, Math.ceil((1 - tokens) / perMs / 1000 - 1e-6));
    },
  };
}

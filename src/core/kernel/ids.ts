declare const brand: unique symbol;

/** A string that knows what it names, so that a person cannot be passed where a place belongs. */
export type Id<K extends string> = string & { readonly [brand]: K };

/** One human, whatever platforms they use. */
export type PersonId = Id<'person'>;
/** One login on one platform: `slack:<team>/<user>` or `teams:<tenant>/<aad object id>`. */
export type AccountId = Id<'account'>;
/** A channel or a conversation: `slack:<team>/<channel>` or `teams:<tenant>/<conversation>`. Opaque to core. */
export type PlaceId = Id<'place'>;

export const platformNames = ['slack', 'teams'] as const;
export type PlatformName = (typeof platformNames)[number];

/** How people call each platform. */
export const platformTitles: Readonly<Record<PlatformName, string>> = { slack: 'Slack', teams: 'Microsoft Teams' };

export const accountId = (platform: PlatformName, home: string, user: string): AccountId =>
  `${platform}:${home}/${user}` as AccountId;
export const placeId = (platform: PlatformName, home: string, place: string): PlaceId =>
  `${platform}:${home}/${place}` as PlaceId;

/** The parts of an account or place id: `home` is the Slack workspace or the Teams tenant. */
export function partsOf(id: AccountId | PlaceId): { platform: PlatformName; home: string; local: string } {
  const colon = id.indexOf(':');
  const slash = id.indexOf('/', colon);
  const platform = id.slice(0, colon);
  if (colon < 0 || slash < 0 || (platform !== 'slack' && platform !== 'teams'))
    throw new TypeError(`not an account or place: ${id}`);
  return { platform, home: id.slice(colon + 1, slash), local: id.slice(slash + 1) };
}

export const platformOf = (id: AccountId | PlaceId): PlatformName => partsOf(id).platform;

/** A conversation of one person with us, where everything that we tell them stands anyway. */
export function isDirect(place: PlaceId): boolean {
  const { platform, local } = partsOf(place);
  return platform === 'slack' ? local.startsWith('D') : !local.startsWith('19:');
}

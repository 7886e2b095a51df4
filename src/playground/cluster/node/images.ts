/** Images that can't be had, each with its reason; everything else can be pulled. */
export type Registries = Map<string, 'not found' | 'denied' | 'limited' | 'unreachable'>;

/** A tag that nobody would ever push. */
const never = /:(?:does-not-exist|missing|typo)\b|-does-not-exist$/;
const reference =
  /^[a-z0-9]+(?:[._/-]+[a-z0-9]+)*(?::\d+(?:\/[a-z0-9]+(?:[._/-]+[a-z0-9]+)*)*)?(?::[\w][\w.-]{0,127})?(?:@sha256:[a-f0-9]{64})?$/;
export const isInvalidImage = (image: string): boolean => !reference.test(image);

/** As containerd names an image: with its registry and tag. */
export function fullName(image: string): string {
  const tagged = /(?::[^/]+|@sha256:.*)$/.test(image) ? image : `${image}:latest`;
  const [first = '', ...rest] = tagged.split('/');
  if (rest.length === 0) return `docker.io/library/${tagged}`;
  return /[.:]/.test(first) || first === 'localhost' ? tagged : `docker.io/${tagged}`;
}

const words: Readonly<Record<'not found' | 'denied' | 'limited' | 'unreachable', (name: string) => string>> = {
  'not found': (name) =>
    `rpc error: code = NotFound desc = failed to pull and unpack image "${name}": failed to resolve reference "${name}": ${name}: not found`,
  denied: (name) =>
    `failed to pull and unpack image "${name}": failed to resolve reference "${name}": pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed`,
  limited: (name) =>
    `failed to pull and unpack image "${name}": failed to copy: httpReadSeeker: failed open: unexpected status code: 429 Too Many Requests - Server message: toomanyrequests: You have reached your unauthenticated pull rate limit. https://www.docker.com/increase-rate-limit`,
  unreachable: (name) =>
    `failed to pull and unpack image "${name}": failed to resolve reference "${name}": failed to do request: Head "https://${name.split('/')[0]}/v2/": dial tcp: lookup ${name.split('/')[0]}: no such host`,
};

export function pullFailure(image: string, registries: Registries): string | undefined {
  const why = registries.get(image) ?? (never.test(image) ? 'not found' : undefined);
  return why ? words[why](fullName(image)) : undefined;
}

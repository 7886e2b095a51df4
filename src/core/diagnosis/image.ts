import { distance } from 'fastest-levenshtein';

/** `registry/repository:tag@digest`, read as container runtimes read it. */
export function imageParts(image: string) {
  const [named = '', digest] = image.split('@', 2);
  const slash = named.indexOf('/');
  const first = slash < 0 ? '' : named.slice(0, slash);
  const isHost = /[.:]/.test(first) || first === 'localhost';
  const path = isHost ? named.slice(slash + 1) : named;
  const colon = path.lastIndexOf(':');
  return {
    registry: isHost ? first : 'docker.io',
    repository: colon < 0 ? path : path.slice(0, colon),
    tag: colon < 0 ? undefined : path.slice(colon + 1),
    digest,
  };
}

/**
 * The image that was probably meant, judged by the one that ran before: the same tag under a repository that is a slip
 * away, or the tag that differs in a slip that cannot be a new version (`v1.2.3` for `1.2.3`, `lastest`).
 */
export function likelyImage(image: string, before: string | undefined): string | undefined {
  const now = imageParts(image);
  if (now.tag !== undefined && now.tag !== 'latest' && distance(now.tag, 'latest') <= 2)
    return `${image.slice(0, image.length - now.tag.length)}latest`;
  if (before === undefined || before === image) return undefined;
  const was = imageParts(before);
  if (now.repository !== was.repository || now.registry !== was.registry) {
    const far = distance(`${now.registry}/${now.repository}`, `${was.registry}/${was.repository}`);
    const tag = now.tag ?? was.tag;
    return far <= 3
      ? `${before.split('@')[0]?.replace(/:[^/:]*$/, '')}${tag === undefined ? '' : `:${tag}`}`
      : undefined;
  }
  if (now.tag === undefined || was.tag === undefined) return undefined;
  const form = (tag: string) => tag.replace(/\d+/g, '0');
  // `1.2.4` after `v1.2.3`: tags here begin with a v.
  if (form(`v${now.tag}`) === form(was.tag)) return `${image.slice(0, image.length - now.tag.length)}v${now.tag}`;
  if (form(now.tag) === form(`v${was.tag}`))
    return `${image.slice(0, image.length - now.tag.length)}${now.tag.slice(1)}`;
  return form(now.tag) !== form(was.tag) && distance(now.tag, was.tag) <= 2 ? before : undefined;
}

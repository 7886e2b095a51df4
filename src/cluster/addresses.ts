import { isIPv6 } from 'node:net';

/*
 * What a client or an API server says of an error names machines: addresses, names of services, where a webhook is. Who reads
 * a chat needs none of them, and some are no business of theirs. The log has the whole.
 */

const hidden = '(an address)';

const rules: readonly (readonly [RegExp, string])[] = [
  [/\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s"'<>“”‘’,;)]{1,2000}/gi, hidden],
  // What a certificate is for, which is all that a cluster is called.
  [/\b(certificate is valid for )[^"\n]{1,4000}?, not [^\s",;)]{1,300}/gi, `$1other names`],
  [/(certificate's altnames: )[^\n]{1,4000}/gi, `$1${hidden}`],
  [/\b(ENOTFOUND|EAI_AGAIN|lookup|Server Name|server name) [^\s",;)]{1,300}/g, `$1 ${hidden}`],
  [/(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?::\d{1,5})?(?![\w.]*\w)/g, hidden],
  [/\[[0-9a-f:.]{2,45}(?:%\w{1,16})?\](?::\d{1,5})?/gi, hidden],
  [/(?<![\w.-])[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,8}:\d{2,5}(?!\w)/gi, hidden],
  // By what stands last in names of the inside. A webhook’s own name may look like one, and is what has to be looked for.
  [
    /(?<!webhook "|[\w.-])(?:[a-z0-9-]{1,63}\.){1,8}(?:svc|local|localdomain|internal|intranet|lan|corp|home)\.?(?![\w-])/gi,
    hidden,
  ],
];
const maybeSix = /(?<![\w:.-])[0-9a-f:]{2,39}(?![\w:-])/gi;

export function hideAddresses(text: string): string {
  let shown = text;
  for (const [pattern, replacement] of rules) shown = shown.replace(pattern, replacement);
  return shown.replace(maybeSix, (found) => {
    // What is said of it may follow a colon.
    const six = found.replace(/(?<!:):$/, '');
    return isIPv6(six) && six !== '::' ? `${hidden}${found.slice(six.length)}` : found;
  });
}

/** Why a connection failed, without a word of where to: its code, or what we said ourselves when we gave it up. */
export function reasonOf(cause: unknown): string {
  if (cause instanceof Error && 'code' in cause && typeof cause.code === 'string') return cause.code;
  return hideAddresses(cause instanceof Error ? cause.message : String(cause));
}

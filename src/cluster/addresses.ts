import { isIPv6 } from 'node:net';

/*
 * What a client or an API server says of an error names machines: addresses, names of services, where a webhook is. Who reads
 * a chat needs none of them, and some are no business of theirs. The log has the whole. What people
 * wrote for people stays: images by their names, and links in which a policy says more to whom it refuses.
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

/** An address of the web; where Go tells what it asked for, it names the method before it. And an image, by its tag or digest. */
const written =
  /(?<!\b(?:Get|Head|Post|Put|Patch|Delete) ")\bhttps?:\/\/[^\s"'<>“”‘’,;)]{1,2000}|(?<![\w./:@-])(?=[a-z0-9.-]{0,252}[a-z])[a-z0-9][a-z0-9.-]{0,252}(?::\d{2,5})?(?:\/[a-z0-9._-]{1,128}){1,8}(?::\w[\w.-]{0,127}|@sha256:[0-9a-f]{64})(?![\w:/])/gi;
/** Where the cluster’s own words end, and those of a policy begin. */
const denied = /\badmission webhook "[^"\n]{1,253}" denied the request: /;

/** By a name that may be known outside, and nothing but that. */
function isForPeople(link: string): boolean {
  const { port, username, hostname } = URL.parse(link) ?? { port: '', username: '', hostname: '' };
  return port === '' && username === '' && /\.[a-z]{2,63}$/.test(hostname) && !/\.(?:svc|local)$/.test(hostname);
}

export function hideAddresses(text: string): string {
  const policys = denied.exec(text);
  const from = policys ? policys.index + policys[0].length : text.length;
  let shown = '';
  let done = 0;
  for (const { 0: found, index } of text.matchAll(written)) {
    if (found.includes('://') && (index < from || !isForPeople(found))) continue;
    shown += hide(text.slice(done, index)) + found;
    done = index + found.length;
  }
  return shown + hide(text.slice(done));
}

function hide(text: string): string {
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

/**
 * Secrets are masked in everything that is quoted: messages of the cluster, values of variables, log lines. It is meant
 * to hide too much rather than too little; what is hidden keeps its name, so that the sentence still says what it is.
 */
const hidden = '(hidden)';

/** A name whose value is nobody's business. */
const secretWords =
  'passw(?:or)?d|passwd|pwd|pass|passphrase|secret|token|api[-_.]?key|apikey|access[-_.]?key(?:[-_.]?id)?|private[-_.]?key|credentials?|auth(?:orization)?|signature|sig|cookie|session[-_.]?id|conn(?:ection)?[-_.]?str(?:ing)?|dsn|sas|account[-_.]?key';

const secretNames = new RegExp(`(?:^|[^a-z])(?:${secretWords}|[a-z]{1,20}(?:password|secret|token))(?:$|[^a-z])`, 'i');
/** `DB_PASSWORD`, `stripe.api-key`: not `MONKEY` or `KEYBOARD`. */
export const secretName = (name: string): boolean => secretNames.test(name) || /(?:^|[_.-])key(?:$|[_.-])/i.test(name);

const rules: readonly (readonly [RegExp, string])[] = [
  [
    /-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----[\s\S]{0,8000}?(?:-----END [A-Z ]{0,30}PRIVATE KEY-----|$)/g,
    `${hidden} private key`,
  ],
  // user:password@ of an address; the user stays, since it often tells what is wrong.
  [/\b([a-z][a-z0-9+.-]{1,20}:\/\/[^\s:/@"']{0,100}):[^\s/"']{1,300}@/gi, `$1:${hidden}@`],
  [/\b(Bearer|Basic|Token)\s+[\w.~+/=-]{8,4000}/gi, `$1 ${hidden}`],
  [/\beyJ[\w-]{5,4000}\.[\w-]{5,4000}(?:\.[\w-]{0,4000})?/g, `${hidden} token`],
  [
    /\b(?:gh[pousr]_\w{20,255}|github_pat_\w{20,255}|glpat-[\w-]{20,100}|dckr_pat_[\w-]{20,100}|npm_\w{30,100})/g,
    hidden,
  ],
  [/\bxox[a-z]-[\w-]{10,250}|\bxapp-[\w-]{10,250}/g, hidden],
  [/\b(?:AKIA|ASIA|AROA|AIDA)[A-Z0-9]{16}\b/g, hidden],
  [/\bAIza[\w-]{35}|\bya29\.[\w-]{20,500}|\bSG\.[\w-]{16,64}\.[\w-]{16,100}|\bhv[sb]\.[\w-]{20,200}/g, hidden],
  [/\b(?:sk|pk|rk)[-_](?:live|test|proj|ant|svcacct)[-_][\w-]{10,250}|\bsk-[A-Za-z0-9]{20,100}/g, hidden],
  // NAME=value, name: value, "name": "value", ?name=value. Words of a sentence after a colon are kept.
  [
    new RegExp(
      `((?:^|[^a-z])(?:[a-z0-9]{1,30}[-_.]){0,6}(?:${secretWords})(?:[-_.][a-z0-9]{1,20})?["']?\\s{0,3}(?:=|:=)\\s{0,3})(?!\\(hidden\\))("[^"]{0,2000}"|'[^']{0,2000}'|[^\\s,;&"']{1,2000})`,
      'gi',
    ),
    `$1${hidden}`,
  ],
  [
    /((?:^|[^a-z])(?:[a-z0-9]{1,30}[-_.]){0,6}(?:passw(?:or)?d|pwd|passphrase|secret|api[-_.]?key|access[-_.]?key|private[-_.]?key)["']?:\s{0,3})(?!\(hidden\))("[^"]{1,2000}"|'[^']{1,2000}'|[^\s,;&"']{1,2000})/gi,
    `$1${hidden}`,
  ],
  [
    new RegExp(
      `((?:^|[^a-z])(?:[a-z0-9]{1,30}[-_.]){0,6}(?:${secretWords})(?:[-_.][a-z0-9]{1,20})?["']?:\\s{0,3})(?!\\(hidden\\))(?=[^\\s]{8})("[^"]{1,2000}"|'[^']{1,2000}'|[^\\s,;&"']*[\\d!@#$%^*+/=][^\\s,;&"']*)`,
      'gi',
    ),
    `$1${hidden}`,
  ],
];

export function mask(text: string): string {
  let masked = text;
  for (const [pattern, replacement] of rules) masked = masked.replace(pattern, replacement);
  return masked;
}

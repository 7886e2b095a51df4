/*
 * A form in a chat is no place for a secret: what is typed there is stored, shown on cards and sent to systems that log
 * it. So a parameter that asks for one does not load, and a value that looks like one is refused with a kind word.
 */

const asks =
  /pass(?:word|wd|phrase|code)|secret|token|credential|api[\s_-]*key|(?:access|private|signing|encryption|ssh|license)[\s_-]*key|connection[\s_-]*string|\bdsn\b|\bpem\b/i;
/** `maxTokensPerMinute` is two words for a reader, and so for the pattern. */
const spaced = (name: string) => name.replace(/([a-z0-9])([A-Z])/g, '$1 $2').replace(/[_-]+/g, ' ');

/** Whether a text names something secret, such as a parameter's name or label. */
export const namesSecret = (text: string): boolean => asks.test(spaced(text)) || asks.test(text);

/** What tokens and keys of this field look like; each is theirs alone, so an ordinary value is not refused. */
const shapes: readonly RegExp[] = [
  /-----BEGIN [A-Z ]*(?:PRIVATE KEY|CERTIFICATE)-----/,
  /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/,
  /\bgh[opusr]_[A-Za-z0-9]{20,}|\bgithub_pat_\w{20,}/,
  /\bgl(?:pat|dt|rt|soat)-[\w-]{16,}/,
  /\bxox[abeoprs]-[\w-]{8,}|\bxapp-\d-[\w-]{8,}/,
  /\bhooks\.slack\.com\/services\/T\w+/,
  /\b[sr]k_(?:live|test)_\w{10,}|\bsk-(?:proj-|ant-)?[\w-]{20,}/,
  /\bAIza[\w-]{30,}/,
  /\bya29\.[\w-]{20,}/,
  /\bhv[sbr]\.[\w-]{20,}/,
  /\bnpm_[A-Za-z0-9]{30,}|\bdckr_pat_[\w-]{20,}|\bpypi-[\w-]{20,}/,
  /\bSG\.[\w-]{16,}\.[\w-]{16,}/,
  /\beyJ[\w-]{8,}\.eyJ[\w-]{8,}/,
  /\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s/:@]{0,100}:[^\s/@]{1,200}@/i,
  /\b(?:AccountKey|SharedAccessKey|SharedAccessSignature|client_secret|aws_secret_access_key)\s*=\s*\S/i,
  /\b(?:password|passwd|pwd|secret|api[_-]?key|token)\s*[=:]\s*\S{4,}/i,
];

/** Whether a typed value looks like a password, a token, a key or an address with a password in it. */
export const looksSecret = (value: string): boolean => shapes.some((shape) => shape.test(value));

/** In what systems say, all of a key is hidden, and of an assignment its value, so that the sentence still reads. */
const key = /-----BEGIN ([A-Z ]*PRIVATE KEY)-----[\s\S]*?(?:-----END \1-----|$)/g;
const assigned =
  /\b(password|passwd|pwd|secret|api[_-]?key|token|AccountKey|SharedAccessKey|SharedAccessSignature|client_secret|aws_secret_access_key)(["']?[ \t]*[=:][ \t]*["']?)[^\s"',;]{4,}/gi;
const authorization = /\b(authorization["']?[ \t]*[=:][ \t]*["']?(?:bearer|basic)[ \t]+)[^\s"',;]{4,}/gi;
const global = shapes.slice(0, -2).map((shape) => new RegExp(shape.source, `${shape.flags}g`));
const hidden = '•••';

/** A text of a system, such as why something failed, without what looks like a secret in it. */
export const withoutSecrets = (text: string): string =>
  global.reduce(
    (masked, shape) => masked.replace(shape, hidden),
    text.replace(key, hidden).replace(authorization, `$1${hidden}`).replace(assigned, `$1$2${hidden}`),
  );

/** The same for all texts of a value. */
export function allWithoutSecrets<T>(value: T): T {
  const hide = (found: unknown): unknown => {
    if (typeof found === 'string') return withoutSecrets(found);
    if (Array.isArray(found)) return found.map(hide);
    if (typeof found !== 'object' || found === null) return found;
    return Object.fromEntries(Object.entries(found).map(([name, inner]) => [name, hide(inner)]));
  };
  return hide(value) as T;
}

export const secretRefused =
  'This looks like a password, a key or a token. Please don’t send secrets in chat: others can read it there. Nothing was asked for with it. If it is real, change it now; the owner of this path knows where secrets are kept.';

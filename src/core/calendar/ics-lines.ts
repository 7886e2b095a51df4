import { clean } from '../kernel/text.ts';

/* How iCalendar is written (RFC 5545, 3.1 and 3.3.11): lines of 75 octets, and text that cannot become a line. */

const octets = new TextEncoder();
const maxOctets = 75;

/** Folded before the 76th octet, never within a character: the rest goes on behind a space in the next line. */
export function folded(line: string): string {
  const lines: string[] = [];
  let now = '';
  let length = 0;
  for (const character of line) {
    const size = octets.encode(character).length;
    if (length + size > maxOctets) {
      lines.push(now);
      now = ' ';
      length = 1;
    }
    now += character;
    length += size;
  }
  return [...lines, now].join('\r\n');
}

/** Line ends that Unicode has besides: some readers take them for one. */
const otherLineEnds = /[\u2028\u2029]/g;

/** A value of type TEXT: what somebody typed stays what they typed, and cannot end its line. */
export const textValue = (raw: string): string =>
  clean(raw)
    .replace(otherLineEnds, '\n')
    .replace(/[\\;,]/g, (c) => `\\${c}`)
    .replaceAll('\n', '\\n');

/** As `textValue`, for what is shown in one line. */
export const lineValue = (raw: string): string =>
  textValue(clean(raw).replace(otherLineEnds, ' ').replace(/\s+/g, ' ').trim());

/** A parameter in quotes, which can hold anything but quotes and line ends. */
export const quoted = (raw: string): string =>
  `"${clean(raw).replace(otherLineEnds, ' ').replace(/\s+/g, ' ').replaceAll('"', '’').trim()}"`;

/** Each line ends with CRLF, and nothing follows: a blank line at the end makes Google take an update for a new event. */
export const written = (lines: readonly string[]): string => lines.map((line) => `${folded(line)}\r\n`).join('');

import { StringDecoder } from 'node:string_decoder';

/** How much of an output is kept: its beginning, and its end, where errors stand. */
export type Keep = { readonly head: number; readonly tail: number };
const longestLine = 256 * 1024;

/** Takes in an output piece by piece: keeps its two ends, and passes on its lines. */
export function collect(keep: Keep, onLine?: (line: string) => void) {
  const decoder = new StringDecoder('utf8');
  let head = '';
  let tail = '';
  let left = 0;
  let line = '';
  let bytes = 0;

  function take(text: string): void {
    const room = Math.max(0, keep.head - head.length);
    head += text.slice(0, room);
    const grown = tail + text.slice(room);
    tail = grown.slice(-keep.tail);
    left += grown.length - tail.length;
    if (!onLine) return;
    const lines = text.split('\n');
    lines[0] = line + lines[0];
    line = (lines.pop() as string).slice(0, longestLine);
    for (const whole of lines) onLine(whole.slice(0, longestLine));
  }

  return {
    add(chunk: Buffer): void {
      bytes += chunk.length;
      take(decoder.write(chunk));
    },
    end(): void {
      take(decoder.end());
      if (line !== '') onLine?.(line);
      line = '';
    },
    bytes: () => bytes,
    /** Whether the middle is missing. */
    cut: () => left > 0,
    text: () => (left > 0 ? `${head}\n… ${left} characters are left out …\n${tail}` : head + tail),
  };
}

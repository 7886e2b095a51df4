const [quote, backslash] = [0x22, 0x5c];
const [open, close, begin, end] = [0x7b, 0x7d, 0x5b, 0x5d];

/** How deep the objects of a list stand in it: in the array `items` of the outermost object. */
const level = 2;
const isItems = /"items"\s*:\s*\[$/;

export type Items = {
  take(chunk: Buffer): void;
  /** What stood around the items, with none in it; what has come of it so far. */
  frame(): string;
};

/**
 * Takes a list apart while it arrives: each item is handed on as soon as its last byte is there. A page that is parsed as a
 * whole stands in memory as bytes, as text and as objects at the same moment, and lives long enough for the garbage
 * collector to take it for something that stays.
 * It only looks for where an item ends: what is wrong within one is found by who parses it.
 */
export function createItems(onItem: (text: string) => void, onBegin: () => void): Items {
  const around: Buffer[] = [];
  /** Of an item that is not whole yet. */
  let parts: Buffer[] = [];
  let depth = 0;
  let inText = false;
  let escaped = false;
  let within = false;

  const frame = () => Buffer.concat(around).toString('utf8');
  function whole(last: Buffer): string {
    if (parts.length === 0) return last.toString('utf8');
    const text = Buffer.concat([...parts, last]).toString('utf8');
    parts = [];
    return text;
  }

  function take(chunk: Buffer): void {
    const { length } = chunk;
    let from = 0;
    let i = 0;
    while (i < length) {
      if (inText) {
        while (i < length && inText) {
          const byte = chunk[i++];
          if (escaped) escaped = false;
          else if (byte === backslash) escaped = true;
          else if (byte === quote) inText = false;
        }
        continue;
      }
      const byte = chunk[i++];
      if (byte === quote) inText = true;
      else if (byte === open || byte === begin) {
        if (within && depth === level && byte === open) from = i - 1;
        depth += 1;
        if (within || depth !== level || byte !== begin) continue;
        around.push(chunk.subarray(from, i));
        from = i;
        within = isItems.test(frame());
        if (within) onBegin();
      } else if (byte === close || byte === end) {
        depth -= 1;
        if (!within) continue;
        if (depth === level && byte === close) {
          onItem(whole(chunk.subarray(from, i)));
          from = i;
        } else if (depth < level) {
          within = false;
          from = i - 1;
        }
      }
    }
    if (!within) around.push(chunk.subarray(from));
    else if (depth > level) parts.push(chunk.subarray(from));
  }
  return { take, frame };
}

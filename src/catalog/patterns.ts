import { createContext, Script } from 'node:vm';

/** How long a pattern may take with a text that does not fit, in ms of CPU: one that backtracks takes minutes. */
const patience = 100;
/** On a machine that is busy with other things a hundred milliseconds pass without any work of ours: then again. */
const trials = 20;
const known = new Map<string, string | undefined>();

/**
 * What is wrong with a pattern, if anything. One that backtracks would stop the whole bot while it looks at a long
 * text, so each is tried with texts that bring that out, where it can be stopped.
 */
export function safePattern(pattern: string): string | undefined {
  if (!known.has(pattern)) {
    if (known.size > 2000) known.clear();
    known.set(pattern, faultOf(pattern));
  }
  return known.get(pattern);
}

/** A context is expensive to make, so there is one: what is tried in it is ours. */
const room = createContext({});
const trial = new Script('for (const t of texts) regex.test(t)');

function faultOf(pattern: string): string | undefined {
  let regex: RegExp;
  try {
    regex = new RegExp(pattern, 'u');
  } catch (error) {
    return `the pattern is not a regular expression: ${error instanceof Error ? error.message : ''}`;
  }
  const letters = [...new Set([...pattern.replace(/[\\^$.*+?()[\]{}|]/g, ''), 'a', '0', '-', '.', ' '])].slice(0, 24);
  const texts = letters.flatMap((c) => [`${c.repeat(40)}\n!`, `${`${c}a`.repeat(25)}\n!`, `${`a${c}0`.repeat(20)}\n!`]);
  Object.assign(room, { regex, texts });
  for (let left = trials; left > 0; left -= 1) {
    const before = process.threadCpuUsage();
    try {
      trial.runInContext(room, { timeout: patience });
      return undefined;
    } catch {
      const { user, system } = process.threadCpuUsage(before);
      if (user + system > (patience * 1000) / 2) break;
    }
  }
  return 'the pattern can take minutes on a text that does not fit it';
}

import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { Problem } from '../core/kernel/problem.ts';
import { type AuditHead, auditHead, auditLines, verifyChain } from '../store/audit.ts';
import { withDatabase } from './database.ts';

/** Writes every entry as one line of JSON, oldest first. */
export const exportAudit = (env: NodeJS.ProcessEnv, out: Writable): Promise<void> =>
  withDatabase(env, async (db) => {
    for await (const line of auditLines(db)) if (!out.write(`${JSON.stringify(line)}\n`)) await once(out, 'drain');
  });

/** An entry as it was noted before: `<number>:<hash>`. */
function anchorOf(written: string): AuditHead {
  const [, seq, hash] = /^(\d{1,15}):([0-9a-f]{64})$/.exec(written.trim()) ?? [];
  if (seq && hash) return { seq: Number(seq), hash };
  throw new Problem(
    'audit_anchor_malformed',
    `“${written}” is not what groundcrew audit verify prints at its end: a number, a colon, and 64 hexadecimal digits. Copy it whole.`,
  );
}

/** Says that the chain is whole, or throws a `Problem` that says where it breaks. */
export async function verifyAudit(env: NodeJS.ProcessEnv, anchored?: string): Promise<string> {
  const anchor = anchored === undefined ? undefined : anchorOf(anchored);
  const result = await withDatabase(env, async (db) => verifyChain(auditLines(db), await auditHead(db), anchor));
  if (result.whole)
    return `The audit is whole: ${result.head.seq} ${result.head.seq === 1 ? 'entry' : 'entries'}, each chained to the one before.\nNote this outside of the database, for the next time: --anchor ${result.head.seq}:${result.head.hash}`;
  throw new Problem(
    'audit_broken',
    `The audit is broken at entry ${result.at}: ${result.why}. Entries before it are as they were written. Compare with your last export, and find out who can write to the database.`,
  );
}

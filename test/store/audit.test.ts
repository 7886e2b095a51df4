import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import type pg from 'pg';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { exportAudit, verifyAudit } from '../../src/cli/audit.ts';
import type { PersonId } from '../../src/core/kernel/index.ts';
import type { AuditEntry } from '../../src/core/requests/store.ts';
import { type AuditHead, type AuditLine, auditHead, auditLines, verifyChain } from '../../src/store/audit.ts';
import { openDb } from '../../src/store/db.ts';
import { openEmbedded } from '../../src/store/embedded.ts';
import { migrate } from '../../src/store/migrate.ts';
import { openPool } from '../../src/store/pool.ts';
import { createStore } from '../../src/store/store.ts';
import { patienceMs } from '../support/clock.ts';
import { openTestDatabase } from '../support/database.ts';
import { settings } from '../support/house.ts';

const database = await openTestDatabase();
const store = createStore(database.pool, () => settings);
const db = openDb(database.pool);
beforeEach(() => database.empty());
afterAll(() => database.close());

const quiet = { info() {}, warn() {}, error() {} };
const at = new Date('2026-03-02T09:00:00.123Z');
const ada = '00000000-0000-4000-8000-000000000001' as PersonId;
const entry = (n: number, details: AuditEntry['details'] = { n }): AuditEntry => ({
  at,
  who: n % 2 === 0 ? 'groundcrew' : ada,
  what: 'request.asked',
  about: `request/${n}`,
  details,
});
const append = (e: AuditEntry) => store.transaction((tx) => tx.features.audit.append(e));
async function entries(): Promise<readonly AuditLine[]> {
  const lines: AuditLine[] = [];
  for await (const line of auditLines(db)) lines.push(line);
  return lines;
}
const verified = async (anchor?: AuditHead) => verifyChain(auditLines(db), await auditHead(db), anchor);
const sql = (words: string) => database.pool.query(words);

async function five(): Promise<void> {
  for (const n of [1, 2, 3, 4, 5]) await append(entry(n));
}

describe('the audit', () => {
  test('is whole when it is empty, and after every entry', async () => {
    expect(await verified()).toEqual({ whole: true, head: { seq: 0, hash: '0'.repeat(64) } });
    await five();
    const lines = await entries();
    expect(lines.map((l) => [l.seq, l.at, l.who, l.about])).toEqual(
      [1, 2, 3, 4, 5].map((n) => [n, at.toISOString(), n % 2 === 0 ? 'groundcrew' : ada, `request/${n}`]),
    );
    expect(lines[0]?.before).toBe('0'.repeat(64));
    for (const [i, l] of lines.entries()) if (i > 0) expect(l.before).toBe(lines[i - 1]?.hash);
    expect(await verified()).toEqual({ whole: true, head: { seq: 5, hash: lines[4]?.hash } });
  });

  test('hashes what can be kept, whatever was typed, and in whatever order the keys come back', async () => {
    await append(entry(1, { zz: 1, a: { b: [1, 2.5, -0, 1e21, null, true], 'ключ"\\': '\u2028' }, bb: '' }));
    await append(entry(2, { typed: 'a\u0000b\ud800', deep: { '\u0000key': ['\udc00'] } }));
    await append(entry(3, {}));
    expect(await verified()).toMatchObject({ whole: true });
  });

  test.each([
    ['details', `update groundcrew.audit set details = '{"n": 30}' where seq = 3`],
    ['who', `update groundcrew.audit set who = 'somebody' where seq = 3`],
    ['what', `update groundcrew.audit set what = 'request.refused' where seq = 3`],
    ['about', `update groundcrew.audit set about = 'request/9' where seq = 3`],
    ['the time', `update groundcrew.audit set at = at + interval '1 second' where seq = 3`],
  ])('tells that %s of an entry was changed', async (_, statement) => {
    await five();
    await sql(statement);
    expect(await verified()).toEqual({ whole: false, at: 3, why: 'entry 3 was changed after it was written' });
  });

  test.each([
    ['an entry is deleted', 'delete from groundcrew.audit where seq = 3', 3, 'entry 3 is missing: 2 is followed by 4'],
    ['the first is deleted', 'delete from groundcrew.audit where seq = 1', 1, 'entry 1 is missing: 0 is followed by 2'],
    [
      'the last are deleted',
      'delete from groundcrew.audit where seq > 3',
      4,
      'the last entries are missing: 5 were written, 3 are there',
    ],
    [
      'one is deleted and the others move up',
      'delete from groundcrew.audit where seq = 3; update groundcrew.audit set seq = seq - 1 where seq > 3',
      3,
      'entry 3 does not follow entry 2: one of them was replaced or moved',
    ],
    [
      'two change places',
      `update groundcrew.audit set seq = -2 where seq = 2; update groundcrew.audit set seq = 2 where seq = 3;
       update groundcrew.audit set seq = 3 where seq = -2`,
      2,
      'entry 2 does not follow entry 1: one of them was replaced or moved',
    ],
    [
      'its hash is replaced too',
      `update groundcrew.audit set details = '{}', hash = repeat('a', 64) where seq = 3`,
      3,
      'entry 3 was changed after it was written',
    ],
    ['all are deleted', 'delete from groundcrew.audit', 1, 'the last entries are missing: 5 were written, 0 are there'],
  ])('tells that %s', async (_, statement, where, why) => {
    await five();
    await sql(statement);
    expect(await verified()).toEqual({ whole: false, at: where, why });
  });

  test('that was written anew as a whole is found out by an entry that was noted before', async () => {
    await five();
    const noted = await auditHead(db);
    await sql('delete from groundcrew.audit; delete from groundcrew.audit_head');
    for (const n of [1, 2, 3, 4, 6]) await append(entry(n));
    expect(await verified()).toMatchObject({ whole: true });
    expect(await verified(noted)).toEqual({
      whole: false,
      at: 5,
      why: 'entry 5 is not the one that was noted: the chain was written anew',
    });
    expect(await verified({ seq: 9, hash: noted.hash })).toEqual({
      whole: false,
      at: 6,
      why: 'entry 9, which was noted, is missing',
    });
    await append(entry(7));
    expect(await verified(await auditHead(db))).toMatchObject({ whole: true });
  });

  test('has one chain, whoever appends at the same moment, also when there is no head yet', async () => {
    await Promise.all(Array.from({ length: 12 }, (_, n) => append(entry(n))));
    const lines = await entries();
    expect(lines.map((l) => l.seq)).toEqual(Array.from({ length: 12 }, (_, n) => n + 1));
    expect(await verified()).toMatchObject({ whole: true, head: { seq: 12 } });
  });

  test('keeps nothing of a transaction that is called off, and leaves no gap', async () => {
    await append(entry(1));
    const off = store.transaction(async (tx) => {
      await tx.features.audit.append(entry(2));
      throw new Error('called off');
    });
    await expect(off).rejects.toThrow('called off');
    await append(entry(3));
    expect((await entries()).map((l) => [l.seq, l.about])).toEqual([
      [1, 'request/1'],
      [2, 'request/3'],
    ]);
  });

  test('is read page by page', async () => {
    await sql(`insert into groundcrew.audit (seq, at, who, what, about, details, before, hash)
      select n, now(), 'x', 'x', 'x', '{}', 'x', n::text from generate_series(1, 2001) n`);
    const seqs = (await entries()).map((l) => l.seq);
    expect(seqs).toEqual(Array.from({ length: 2001 }, (_, n) => n + 1));
  });
});

describe('on the command line', () => {
  test('what is exported is what is verified, also when the database is the embedded one', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'gc-audit-'));
    /** The bot's own time on the folder, between two commands. */
    async function open(use: (pool: pg.Pool) => Promise<unknown>): Promise<void> {
      const embedded = await openEmbedded(folder, { log: quiet });
      const pool = openPool({ ...embedded.config, connectionTimeoutMillis: patienceMs }, () => {});
      await use(pool);
      await pool.end();
      await embedded.close();
    }
    await open(async (pool) => {
      await migrate(pool);
      const own = createStore(pool, () => settings);
      for (const n of [1, 2, 3]) await own.transaction((tx) => tx.features.audit.append(entry(n)));
    });

    const env = { DATA_DIR: folder };
    const out = new PassThrough();
    const written = text(out);
    await exportAudit(env, out);
    out.end();
    const lines = (await written)
      .trimEnd()
      .split('\n')
      .map((l) => JSON.parse(l));
    expect(lines.map((l) => [l.seq, l.about])).toEqual([1, 2, 3].map((n) => [n, `request/${n}`]));
    const anchor = `3:${lines[2].hash}`;
    const said = await verifyAudit(env);
    expect(said).toContain('The audit is whole: 3 entries');
    expect(said).toContain(`--anchor ${anchor}`);
    expect(await verifyAudit(env, anchor)).toBe(said);
    await expect(verifyAudit(env, 'what?')).rejects.toMatchObject({ code: 'audit_anchor_malformed' });

    await open((pool) => pool.query('delete from groundcrew.audit where seq = 2'));
    await expect(verifyAudit(env, anchor)).rejects.toMatchObject({
      code: 'audit_broken',
      message: expect.stringContaining('The audit is broken at entry 2: entry 2 is missing'),
    });
    await rm(folder, { recursive: true, force: true });
  });
});

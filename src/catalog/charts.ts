import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, isAbsolute, join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { helmSpec } from '../actions/helm/spec.ts';
import type { Json } from '../core/kernel/inbound.ts';

/*
 * The objects of a chart with the values of a path, as the real helm renders them. It needs no cluster; a chart that is not in
 * the path's folder is not fetched.
 */

const command = 'helm';
/** No chart takes so long. */
const withinMs = 60_000;
const longest = 32 * 1024 * 1024;

/** What helm made of a chart, or why it did not. */
export type Rendered =
  | { readonly objects: readonly { readonly file: string; readonly object: Json }[] }
  | { readonly fault: string };
type Ran = { readonly code: number | string; readonly out: string; readonly err: string };

function helm(args: readonly string[], home: string): Promise<Ran> {
  const { PATH = '' } = process.env;
  const env = { PATH, HOME: home, HELM_CACHE_HOME: home, HELM_CONFIG_HOME: home, HELM_DATA_HOME: home };
  return new Promise((resolve) => {
    execFile(command, args, { env, cwd: home, timeout: withinMs, maxBuffer: longest }, (error, out, err) =>
      resolve({ code: error ? (error.code ?? 'killed') : 0, out, err }),
    );
  });
}

export type Charts = {
  /** Why no chart is rendered here; undefined when they are. */
  readonly unable: string | undefined;
  /** Undefined when the chart is elsewhere. The same values are rendered once. */
  render(spec: Json, verb: string): Promise<Rendered | undefined>;
  close(): Promise<void>;
};

export async function openCharts(): Promise<Charts> {
  const home = await mkdtemp(join(tmpdir(), 'groundcrew-check-'));
  const version = await helm(['version', '--template', '{{.Version}}'], home);
  const unable =
    version.code === 0 && /^v([4-9]|\d\d)\./.test(version.out)
      ? undefined
      : version.code === 'ENOENT'
        ? 'Helm is not installed here'
        : `this is not Helm 4 (${(version.out || version.err).trim().slice(0, 80)})`;
  const known = new Map<string, Promise<Rendered>>();

  async function made(chart: string, release: string, namespace: string, values: readonly Json[]): Promise<Rendered> {
    const files = await Promise.all(
      values.map(async (one) => {
        const file = join(home, `${crypto.randomUUID()}.json`);
        await writeFile(file, JSON.stringify(one));
        return file;
      }),
    );
    const args = ['template', release, chart, '--namespace', namespace, ...files.flatMap((file) => ['--values', file])];
    const { code, out, err } = await helm(args, home);
    if (code !== 0)
      return {
        fault: (err || `it ended with ${code}`)
          .replaceAll(/^Error: /gm, '')
          .trim()
          .slice(0, 600),
      };
    const documents = parseAllDocuments(out, { uniqueKeys: false });
    return {
      objects: documents.flatMap((document) => {
        if (!('toJS' in document)) return [];
        const object = document.toJS({ maxAliasCount: 20 }) as Json;
        const file =
          /^ Source: (.+)$/m.exec(document.commentBefore ?? document.contents?.commentBefore ?? '')?.[1] ?? '';
        return object === null ? [] : [{ file: file.trim().replace(/^[^/]+/, basename(chart)), object }];
      }),
    };
  }

  return {
    unable,
    async render(spec, verb) {
      const { data } = helmSpec.safeParse(spec);
      if (!data || !isAbsolute(data.chart)) return undefined;
      const { chart, release, namespace, verbs } = data;
      const over = Object.entries(verbs ?? {}).find(([name]) => name === verb)?.[1]?.values;
      const values = [data.values, ...(over ? [over] : [])];
      const key = JSON.stringify([chart, release, namespace, values]);
      const found = known.get(key) ?? made(chart, release, namespace, values);
      known.set(key, found);
      return found;
    },
    close: () => rm(home, { recursive: true, force: true }),
  };
}

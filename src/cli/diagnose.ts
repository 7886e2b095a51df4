import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { objectsIn } from '../cluster/documents.ts';
import type { Wanted } from '../cluster/look.ts';
import { diagnose, type Snapshot } from '../core/diagnosis/index.ts';
import { Problem } from '../core/kernel/problem.ts';
import { asJson, asText } from './diagnose-print.ts';

export const diagnoseUsage = `groundcrew diagnose: say why deployments fail, and what mends them

  groundcrew diagnose                  look at the current namespace of the current cluster
      -n, --namespace shop             at this namespace
      -A, --all-namespaces             at all of them
      --context staging                of this cluster of your kubeconfig, or of KUBE_CONTEXTS by its name
                                       (without it KUBE_CONTEXT counts, or the first of KUBE_CONTEXTS)
  groundcrew diagnose -f dump.yaml     look at objects in files; - is standard input:
      kubectl get deploy,rs,pod,event,svc,pvc,cm -o yaml | groundcrew diagnose -f -
      --now 2026-11-25T10:00:00Z       as of this moment, for an older file
  --json                               print JSON, [] when all is well
  --no-color                           print without colours, as NO_COLOR=1 does

It ends with 0 when all is well, 1 when something fails, and 2 when it could not look.
`;

const options = {
  file: { type: 'string', short: 'f', multiple: true },
  namespace: { type: 'string', short: 'n' },
  'all-namespaces': { type: 'boolean', short: 'A' },
  context: { type: 'string' },
  now: { type: 'string' },
  json: { type: 'boolean' },
  'no-color': { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** Runs the command; the answer is the status to end with. */
export async function diagnoseCommand(args: readonly string[]): Promise<0 | 1 | 2> {
  // Who reads may have read enough, as `head` does: that is no failure of ours.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 2));
  try {
    return await run(args);
  } catch (error) {
    process.stderr.write(`groundcrew diagnose: ${said(error)}\n`);
    return 2;
  }
}

/** A person is told what to do; only a fault of ours has nothing better than its own words. */
function said(error: unknown): string {
  if (error instanceof Problem) return error.message;
  const message = error instanceof Error ? error.message : String(error);
  const wrongArgument =
    error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');
  return wrongArgument ? `${message}\n\n${diagnoseUsage}` : `it could not look (${message}). Please report this.`;
}

async function run(args: readonly string[]): Promise<0 | 1 | 2> {
  const { values } = parseArgs({ args: [...args], options, allowPositionals: false });
  if (values.help) {
    process.stdout.write(diagnoseUsage);
    return 0;
  }
  const now = moment(values.now);
  const { snapshot, notes } =
    values.file === undefined
      ? await (await import('../cluster/look.ts')).lookAtCluster({
          ...(await reachedBy(values.context)),
          ...(values.namespace === undefined ? {} : { namespace: values.namespace }),
          everywhere: values['all-namespaces'] ?? false,
          now,
        })
      : { snapshot: await fromFiles(values.file, values['all-namespaces'] ? undefined : values.namespace), notes: [] };
  const verdicts = diagnose(snapshot, now);
  for (const note of notes) process.stderr.write(`${note}\n`);
  const colours =
    !values['no-color'] && !process.env.NO_COLOR && process.env.TERM !== 'dumb' && process.stdout.isTTY === true;
  process.stdout.write(values.json ? asJson(verdicts) : asText(verdicts, snapshot.objects.length, colours));
  return verdicts.length === 0 ? 0 : 1;
}

/** The bot's own names for its clusters hold here too, and what it looks at first is looked at. */
async function reachedBy(asked: string | undefined): Promise<Pick<Wanted, 'context' | 'kubeconfig'>> {
  const [{ readEnvironment }, { clustersIn }] = await Promise.all([
    import('../environment.ts'),
    import('../clusters.ts'),
  ]);
  const env = readEnvironment(process.env, []);
  const wrong: string[] = [];
  const clusters = clustersIn(env, true, wrong);
  const named = clusters.find(({ name }) => asked === undefined || name.toLowerCase() === asked.toLowerCase());
  // Who says a context of their kubeconfig need not care what is written for the bot.
  if (named === undefined || (asked !== undefined && wrong.length > 0)) {
    const context = asked ?? env.KUBE_CONTEXT;
    return context === undefined ? {} : { context };
  }
  if (wrong.length > 0) throw new Problem('config_invalid', `It can’t be known where to look. ${wrong.join(' ')}`);
  const { context, kubeconfig } = named;
  return { context, ...(kubeconfig === undefined ? { kubeconfig: 'service account' } : {}) };
}

function moment(text: string | undefined): Date {
  const at = text === undefined ? new Date() : new Date(text);
  if (Number.isNaN(at.getTime()))
    throw new Problem('moment_invalid', `--now ${text} is no moment. Give one such as 2026-11-25T10:00:00Z.`);
  return at;
}

async function fromFiles(files: readonly string[], namespace: string | undefined): Promise<Snapshot> {
  const objects = [];
  for (const file of files) {
    const source = file === '-' ? 'standard input' : file;
    for (const o of objectsIn(await textOf(file, source), source)) {
      const { namespace: own } = (o.metadata ?? {}) as { readonly namespace?: unknown };
      if (namespace === undefined || own === undefined || own === namespace) objects.push(o);
    }
  }
  return { objects };
}

async function textOf(file: string, source: string): Promise<string> {
  try {
    if (file !== '-') return await readFile(file, 'utf8');
    const chunks: Buffer[] = [];
    for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
    return Buffer.concat(chunks).toString('utf8');
  } catch (error) {
    const { code } = error as { readonly code?: unknown };
    const why = { ENOENT: 'there is no such file', EACCES: 'it may not be read', EISDIR: 'it is a folder' }[
      String(code)
    ];
    throw new Problem('input_unreadable', `${source} can’t be read: ${why ?? String(code)}. Check its path.`, {
      cause: error,
    });
  }
}

import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Problem } from '../../core/kernel/problem.ts';
import type { Backend, Order, Preview, Progress } from '../../core/runs/run.ts';
import { type Ended, runCommand } from '../process.ts';
import { createStory, follow, type Story } from '../story.ts';
import {
  changeFolder,
  createAvailability,
  createTurns,
  endedWhy,
  environmentOf,
  limitMs,
  openFolder,
  removeFolder,
  type Workshop,
  words,
  writeJson,
} from '../tools.ts';
import { dropPlans, hasPlan, keepPlan, mustBeConfirmed } from './confirmed.ts';
import { createHearing, explain, type Hearing } from './lines.ts';
import { copyModule, isLocal, merged, outlives } from './module.ts';
import type { TerraformSpec } from './spec.ts';

/** Terraform, when it is interrupted, waits for what it has begun and saves its state: killing it loses things. */
const graceMs = 300_000;
const keep = { head: 64 * 1024, tail: 64 * 1024 };
/** What a plan may say on a card that is folded. */
const longestPlan = 30_000;

type Call = { readonly ended: Ended; readonly hearing: Hearing; readonly timeoutMs: number };

/** Where a resource's module is worked on. */
type Site = { readonly home: string; readonly module: string; readonly spec: TerraformSpec; readonly order: Order };

export type TerraformOptions = Workshop & {
  readonly command: 'terraform' | 'tofu';
  /** How long a lock is waited for: somebody else may be about to finish. */
  readonly lockSeconds?: number;
};

export function terraform(workshop: TerraformOptions): Backend {
  const { clock, command } = workshop;
  const lockWait = `-lock-timeout=${workshop.lockSeconds ?? 60}s`;
  const turn = createTurns();
  const available = createAvailability(workshop, {
    command,
    args: ['version', '-json'],
    read: (stdout) => {
      const said = /"terraform_version":\s*"(\d+)\.(\d+)(\.[^"]*)"/.exec(stdout);
      if (!said) return undefined;
      const [major, minor] = [Number(said[1]), Number(said[2])];
      return major > 1 || (major === 1 && minor >= 6) ? `${major}.${minor}${said[3]}` : undefined;
    },
    install: `Install ${command === 'tofu' ? 'OpenTofu 1.6' : 'Terraform 1.6'} or newer where Groundcrew runs.`,
  });

  const stateOf = ({ spec, order }: Site): string => spec.stateKey ?? order.resource;

  async function call(
    site: Site,
    args: readonly string[],
    signal: AbortSignal,
    onMove?: Parameters<typeof createHearing>[0],
  ): Promise<Call> {
    const hearing = createHearing(onMove);
    const timeoutMs = limitMs(site.order);
    const { labels, annotations, resource, run, verb } = site.order;
    const env = environmentOf(workshop, site.home, {
      TF_IN_AUTOMATION: '1',
      TF_INPUT: '0',
      TF_DATA_DIR: join(site.home, 'terraform'),
      TF_PLUGIN_CACHE_DIR: await openFolder(workshop.folder, 'terraform-plugins'),
      CHECKPOINT_DISABLE: '1',
      // For modules that declare it; others never hear of it.
      TF_VAR_groundcrew: JSON.stringify({ labels, annotations, resource, run, verb }),
    });
    const ended = await runCommand(clock, {
      command,
      args,
      cwd: site.module,
      turn: '../turn',
      env,
      timeoutMs,
      graceMs,
      keep,
      signal,
      onLine: hearing.onLine,
    });
    return { ended, hearing, timeoutMs };
  }

  /** Throws with Terraform's own words when a call failed. */
  function check({ ended, hearing, timeoutMs }: Call): void {
    if (ended.code === 0 && !ended.ended) return;
    throw new Problem('terraform_failed', endedWhy(command, ended, { timeoutMs }) ?? explain(hearing, words(ended)));
  }

  /** A fresh copy of the module, beside a state that it may keep here; ready to plan. */
  async function prepare(order: Order, place: string, signal: AbortSignal, empty = false): Promise<Site> {
    const spec = merged(order);
    const home = await openFolder(workshop.folder, 'terraform', order.resource, place);
    const module = await openFolder(home, 'module');
    await changeFolder(async () => {
      const stays = await outlives(home);
      for (const name of await readdir(module))
        if (!stays(name)) await rm(join(module, name), { recursive: true, force: true });
    });
    await copyModule(spec.module, module);
    await writeJson(join(home, 'variables.tfvars.json'), spec.variables);
    if (empty)
      await writeJson(join(module, 'groundcrew_override.tf.json'), {
        terraform: { backend: { local: { path: join(home, 'nothing.tfstate') } } },
      });
    const site = { home, module, spec, order };
    const settings = empty ? [] : Object.entries(spec.backendConfig ?? {}).map(([k, v]) => `-backend-config=${k}=${v}`);
    check(await call(site, ['init', '-input=false', '-no-color', '-reconfigure', ...settings], signal));
    return site;
  }

  /** The state is in a workspace named as the resource, unless the backend's own settings tell it from others. */
  async function select(site: Site, make: boolean, signal: AbortSignal): Promise<boolean> {
    if (site.spec.backendConfig) return true;
    const orCreate = make ? ['-or-create=true'] : [];
    const selected = await call(site, ['workspace', 'select', '-no-color', ...orCreate, stateOf(site)], signal);
    if (selected.ended.code === 0) return true;
    if (!make && /doesn.t exist/.test(selected.ended.stdout + selected.ended.stderr)) return false;
    check(selected);
    return false;
  }

  async function plan(site: Site, signal: AbortSignal, lock: string): Promise<Hearing> {
    const destroy = site.order.verb === 'delete' ? ['-destroy'] : [];
    const args = [
      'plan',
      '-json',
      '-input=false',
      lock,
      '-out=../plan',
      '-var-file=../variables.tfvars.json',
      ...destroy,
    ];
    const planned = await call(site, args, signal);
    check(planned);
    return planned.hearing;
  }

  async function stateList(site: Site): Promise<readonly string[]> {
    // Also after a stop: whoever cleans up wants to know what is there.
    const listed = await call(site, ['state', 'list'], new AbortController().signal);
    return listed.ended.code === 0 ? listed.ended.stdout.split('\n').filter(Boolean) : [];
  }

  async function preview(order: Order, signal: AbortSignal): Promise<Preview> {
    const fresh = order.verb === 'create';
    const site = await prepare(order, fresh ? `preview-${order.run}` : 'work', signal, fresh);
    try {
      if (!fresh && !(await select(site, false, signal)))
        return { summary: 'There is nothing left of it.', changes: [], destroys: 0 };
      // It only reads, so it holds up nobody and waits for nobody.
      const { changes, counts } = await plan(site, signal, '-lock=false');
      const { add, change, remove } = counts();
      const shown = await call(site, ['show', '-no-color', '../plan'], signal);
      // Of something new there is no state yet that the plan could be about.
      if (!fresh) await keepPlan(site.home, order);
      return {
        summary: `${add} to add, ${change} to change, ${remove} to destroy`,
        changes,
        ...(shown.ended.code === 0
          ? { detail: { language: 'terraform', text: shown.ended.stdout.trim().slice(0, longestPlan) } }
          : {}),
        destroys: remove,
      };
    } catch (error) {
      if (error instanceof Problem && error.code === 'terraform_failed' && !signal.aborted)
        return { summary: 'Terraform would refuse this.', changes: [], refused: error.message, destroys: 0 };
      throw error;
    } finally {
      if (fresh) await removeFolder(site.home);
    }
  }

  function applyPlan(site: Site, file: string, total: number, story: Story, signal: AbortSignal): Promise<Call> {
    return call(site, ['apply', '-json', '-input=false', lockWait, `../${file}`], signal, (what, done) =>
      story.note(total > 0 ? `${what} (${done} of ${total})` : what),
    );
  }

  /** Applies the very plan that was confirmed; undefined when Terraform does not take it any more, and nothing was done. */
  async function applyShown(site: Site, story: Story, step: string, signal: AbortSignal): Promise<Call | undefined> {
    story.note('the one that was confirmed');
    let begun = false;
    const watched: Story = {
      ...story,
      note(what) {
        if (!begun) story.begin(step);
        begun = true;
        story.note(what);
      },
    };
    const applied = await applyPlan(site, 'confirmed', site.order.confirmed?.length ?? 0, watched, signal);
    // Whatever became of it, a second time it would be out of date.
    await dropPlans(site.home);
    const untouched = applied.ended.code !== 0 && !applied.ended.ended && !begun;
    if (untouched && applied.hearing.errors.some((e) => outdated.test(e.summary))) return undefined;
    check(applied);
    if (!begun) story.begin(step);
    return applied;
  }

  async function planAndApply(site: Site, story: Story, step: string, signal: AbortSignal): Promise<Call> {
    const { order } = site;
    try {
      const planned = await plan(site, signal, lockWait);
      const { add, change, remove } = planned.counts();
      story.note(`${add} to add, ${change} to change, ${remove} to destroy`);
      mustBeConfirmed(planned.changes, order);
      if (!expectsLoss(order) && remove > (order.destroys ?? 0)) throw destroys(planned, order);
      story.begin(step);
      const applied = await applyPlan(site, 'plan', planned.changes.length, story, signal);
      check(applied);
      return applied;
    } finally {
      // One that was kept for something else is out of date by now.
      await dropPlans(site.home);
    }
  }

  async function carryOut(
    order: Order,
    signal: AbortSignal,
    say: (p: Progress) => void,
  ): Promise<Progress | undefined> {
    const apply = order.verb === 'delete' ? 'Destroy' : 'Apply';
    const story = createStory(['Prepare', 'Plan', apply], clock, say);
    const slow = clock.after(order.timeoutSeconds * 1000, () => story.add({ slow: true }));
    let site: Site | undefined;
    try {
      story.begin('Prepare', 'planning');
      site = await prepare(order, 'work', signal);
      if (!(await select(site, order.verb !== 'delete', signal)))
        return story.end('ready', { message: 'There was nothing left of it.' });
      if (await isLocal(site.home)) story.note('its state is kept on this machine: good for a trial only');
      story.begin('Plan', 'planning');
      const asShown = (await hasPlan(site.home, order)) ? await applyShown(site, story, apply, signal) : undefined;
      const applied = asShown ?? (await planAndApply(site, story, apply, signal));
      if (order.verb === 'delete') {
        await forget(site);
        return story.end('ready');
      }
      return story.end('ready', { outputs: applied.hearing.outputs(stateOf(site)) });
    } catch (error) {
      if (signal.reason === 'stop') return undefined;
      if (!(error instanceof Problem)) throw error;
      const left = site ? await stateList(site) : [];
      return story.end(signal.aborted ? 'cancelled' : 'failed', {
        message: error.message,
        ...(left.length > 0 ? { left } : {}),
      });
    } finally {
      slow();
    }
  }

  /** An empty workspace and its folder are of no use to anybody. */
  async function forget(site: Site): Promise<void> {
    const signal = new AbortController().signal;
    if (!site.spec.backendConfig) {
      await call(site, ['workspace', 'select', '-no-color', 'default'], signal);
      await call(site, ['workspace', 'delete', '-no-color', stateOf(site)], signal);
    }
    await removeFolder(join(workshop.folder, 'terraform', site.order.resource));
  }

  return {
    name: 'terraform',
    atOnce: 3,
    available,
    preview: (order, signal) => turn(order.resource, () => preview(order, signal)),
    run: (order, signal) => follow((say) => turn(order.resource, () => carryOut(order, signal, say))),
  };
}

/** Terraform does not take a plan once its state has moved on, nor one of another version or workspace. */
const outdated = /stale|plan file|workspace|inconsistent/i;

/** What is being made was never ready: what is half made may be made anew. */
const expectsLoss = ({ verb }: Order): boolean => verb === 'delete' || verb === 'create';
const destroys = ({ changes }: Hearing, order: Order): Problem => {
  const gone = changes.filter((c) => c.does === 'delete').map((c) => c.what);
  return new Problem(
    'plan_destroys',
    `It would destroy more than was confirmed (${order.destroys ?? 0}): ${gone.slice(0, 5).join(', ')}${gone.length > 5 ? ` and ${gone.length - 5} more` : ''}. Something has changed since the preview, so nothing was done. Ask again to see what would happen now.`,
  );
};

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { clearLeftovers, followLeftovers, idleMs } from '../../src/actions/leftovers.ts';
import { virtualClock } from '../support/clock.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gc-left-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const now = new Date('2026-03-02T09:00:00Z');
const old = new Date(now.getTime() - idleMs - 60_000);
const fresh = new Date(now.getTime() - idleMs + 60_000);
/** Files, and their folders, as they were last changed at some time. */
function lay(at: Date, ...files: readonly string[]): void {
  for (const file of files) {
    mkdirSync(join(folder, dirname(file)), { recursive: true });
    writeFileSync(join(folder, file), '{}');
    utimesSync(join(folder, file), at, at);
  }
  for (const file of files)
    for (let up = dirname(file); up !== '.'; up = dirname(up)) utimesSync(join(folder, up), at, at);
}
const there = (...files: readonly string[]) => files.filter((file) => existsSync(join(folder, file)));

test('what nobody came back to is cleared away after a day; what is worked on, and a state that is kept here, stay', async () => {
  const gone = [
    'helm/orders.web-preview-q1/values.json',
    'helm/orders.web-work/kubeconfig',
    'ansible/q2-run/vars.yaml',
    'terraform/r1/preview-q3/plan',
  ];
  const remote = 'terraform/r2/work';
  const local = 'terraform/r3/work';
  const young = 'terraform/r4/work';
  lay(old, ...gone, `${remote}/confirmed`, `${remote}/variables.tfvars.json`, `${remote}/module/main.tf`);
  lay(old, `${local}/confirmed`, `${local}/confirmed.json`, `${local}/variables.tfvars.json`);
  lay(old, `${local}/module/terraform.tfstate.d/r3/terraform.tfstate`);
  // Each has something that is younger, or a tool in it.
  lay(old, 'ansible/q5-run/vars.yaml', 'helm/orders.api-work/values.json', `${young}/confirmed`);
  utimesSync(join(folder, 'ansible/q5-run/vars.yaml'), fresh, fresh);
  utimesSync(join(folder, young), fresh, fresh);
  const turn = createServer().listen(join(folder, 'helm/orders.api-work/turn'));
  await new Promise((resolve) => turn.once('listening', resolve));
  for (const path of ['helm/orders.api-work/turn', 'helm/orders.api-work']) utimesSync(join(folder, path), old, old);

  expect(await clearLeftovers(folder, now)).toEqual({ cleared: gone.length + 2, faults: [] });
  expect(
    there(...gone, remote, `${local}/confirmed`, `${local}/confirmed.json`, `${local}/variables.tfvars.json`),
  ).toEqual([]);
  const kept = [
    `${local}/module/terraform.tfstate.d/r3/terraform.tfstate`,
    'ansible/q5-run/vars.yaml',
    'helm/orders.api-work/values.json',
    `${young}/confirmed`,
  ];
  expect(there(...kept)).toEqual(kept);
  // A folder of a state is not cleared away again and again.
  expect(await clearLeftovers(folder, now)).toEqual({ cleared: 0, faults: [] });
  await new Promise((resolve) => turn.close(resolve));
  expect(await clearLeftovers(join(folder, 'not there'), now)).toEqual({ cleared: 0, faults: [] });
});

test.each([
  ['a file beside the module', { path: '../orders.state', workspace_dir: null }, 'orders.state'],
  ['a folder of workspaces', { path: null, workspace_dir: '../states' }, 'states/r1/terraform.tfstate'],
])('a state stays where a module keeps it here by its own settings: %s', async (_, config, state) => {
  const home = 'terraform/r1/work';
  lay(old, `${home}/module/main.tf`, `${home}/confirmed`, `${home}/terraform/terraform.tfstate`, `${home}/${state}`);
  writeFileSync(
    join(folder, home, 'terraform/terraform.tfstate'),
    JSON.stringify({ version: 3, backend: { type: 'local', config, hash: 1 } }),
  );
  expect(await clearLeftovers(relative('.', folder), now)).toEqual({ cleared: 1, faults: [] });
  expect(there(`${home}/confirmed`, `${home}/${state}`)).toEqual([`${home}/${state}`]);
});

test('a tool is found at work however long the name of its folder is', async () => {
  const home = `helm/${'n'.repeat(63)}.${'r'.repeat(53)}-work`;
  lay(old, `${home}/values.json`);
  // As the supervisor does: from within the folder.
  const listen = `require('node:net').createServer().listen('turn', () => console.log('there'))`;
  const tool = spawn(process.execPath, ['-e', listen], { cwd: join(folder, home) });
  const exit = once(tool, 'exit');
  await once(tool.stdout, 'data');
  for (const path of [`${home}/turn`, home]) utimesSync(join(folder, path), old, old);
  expect(await clearLeftovers(folder, now)).toEqual({ cleared: 0, faults: [] });
  tool.kill('SIGKILL');
  await exit;
  expect(await clearLeftovers(folder, now)).toEqual({ cleared: 1, faults: [] });
});

test('what can’t be removed keeps nothing else: that of everybody else is cleared away, and it is tried again', async () => {
  // Longer than a path may be, as its whole is given to the system.
  const long = Array<string>(15).fill('d'.repeat(200)).join('/');
  const plan = 'terraform/r1/work';
  lay(old, `helm/a/${long}/x`, `more/${long}/x`, 'helm/b/values.json', `${plan}/confirmed`);
  renameSync(join(folder, 'more'), join(folder, 'helm/a', long, 'more'));
  const fault = { cleared: 0, faults: [expect.objectContaining({ code: 'ENAMETOOLONG' })] };
  expect(await clearLeftovers(folder, now)).toEqual({ ...fault, cleared: 2 });
  expect(there('helm/b', 'terraform/r1/work')).toEqual([]);
  expect(await clearLeftovers(folder, now)).toEqual(fault);
});

test('it is looked at now and once an hour, and not any more when the bot stops', async () => {
  const time = virtualClock(now.toISOString());
  const said = Promise.withResolvers<object>();
  const log = { info: said.resolve, warn: said.reject, error: said.reject };
  const leftovers = followLeftovers(folder, time, log);
  await leftovers.start();
  lay(new Date(now.getTime() - idleMs + 1_800_000), 'ansible/q1-run/vars.yaml');
  await time.pass(3_600_000);
  expect(await said.promise).toEqual({ cleared: 1 });
  leftovers.stop();
  lay(old, 'ansible/q2-run/vars.yaml');
  await time.pass(7_200_000);
  expect(there('ansible/q2-run/vars.yaml')).toHaveLength(1);
});

import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { terraform } from '../../../src/actions/terraform/backend.ts';
import { virtualClock } from '../../support/clock.ts';
import { findTool, toolPath } from '../../support/tools.ts';
import { makeBackend } from './making.ts';
import { backendContract, finish, type World } from './suite.ts';

const module = `
variable "name" { type = string }
variable "size" { type = string }
variable "folder" { type = string }
variable "gated" { default = false }
variable "groundcrew" { default = null }
resource "terraform_data" "thing" {
  input = { name = var.name, size = var.size }
  provisioner "local-exec" { command = "echo \${var.name} >> '\${var.folder}/made'" }
  lifecycle {
    precondition {
      condition     = var.size != "huge"
      error_message = "The account's quota allows no huge things."
    }
  }
}
resource "terraform_data" "gate" {
  count = var.gated ? 1 : 0
  depends_on = [terraform_data.thing]
  provisioner "local-exec" { command = "test -e '\${var.folder}/open' || cat '\${var.folder}/gate'" }
}
output "where" { value = "\${terraform_data.thing.output.name}.example.test" }
output "password" {
  value     = "never shown"
  sensitive = true
}
`;

async function open(): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), 'gc-terraform-'));
  mkdirSync(join(folder, 'module'));
  mkdirSync(join(folder, 'runs'));
  writeFileSync(join(folder, 'module', 'main.tf'), module);
  execFileSync('mkfifo', [join(folder, 'gate')]);
  const spec = (variables: object) => ({
    module: join(folder, 'module'),
    variables: { name: 'orders', size: 's', folder, ...variables },
  });
  const order: World['order'] = (verb, more = {}) => ({
    run: `q1-${verb}`,
    verb,
    resource: 'r1',
    path: 'cdn',
    version: '1.0.0',
    spec: spec({}),
    labels: { team: 'orders' },
    annotations: {},
    timeoutSeconds: 600,
    ...more,
  });
  /** What the state holds: read from its file, as nothing of ours would. */
  function states(): readonly {
    type: string;
    name: string;
    instances: readonly { attributes: { input: { value: Record<string, string> } | null } }[];
  }[] {
    const home = join(folder, 'runs', 'terraform', 'r1', 'work', 'module', 'terraform.tfstate.d', 'r1');
    if (!existsSync(home) || !readdirSync(home).includes('terraform.tfstate')) return [];
    return JSON.parse(readFileSync(join(home, 'terraform.tfstate'), 'utf8')).resources;
  }
  return {
    making: { backend: 'terraform', folder: join(folder, 'runs'), environment: { PATH: toolPath } },
    order,
    changed: (verb) => order(verb, { spec: spec({ size: 'm' }) }),
    refused: { order: order('create', { spec: spec({ size: 'huge' }) }), words: /quota allows no huge things/ },
    slow: order('create', { spec: spec({ gated: true }) }),
    async openGate() {
      writeFileSync(join(folder, 'open'), '');
    },
    waiting: ({ steps }) => steps.some((s) => s.note?.includes('terraform_data.gate')),
    async things() {
      return states().flatMap((s) =>
        s.instances.map((i) =>
          `${s.name} ${Object.values(i.attributes.input?.value ?? {})
            .toSorted()
            .join(' ')}`.trim(),
        ),
      );
    },
    async made() {
      const file = join(folder, 'made');
      return existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean).length : 0;
    },
    stride: 1,
    expected: { created: ['thing orders s'], changed: ['thing m orders'] },
    async close() {
      // Whoever still waits at the gate, also without a parent, is let go; when nobody does, it can't be opened.
      try {
        closeSync(openSync(join(folder, 'gate'), constants.O_WRONLY | constants.O_NONBLOCK));
      } catch {}
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const missing = findTool('terraform') ? undefined : 'terraform is on neither the PATH nor in TOOLS_DIR';
backendContract('terraform', { open, missing });

describe.skipIf(missing !== undefined)('terraform itself', { timeout: 120_000 }, () => {
  const signal = new AbortController().signal;
  async function within(work: (world: World, backend: ReturnType<typeof makeBackend>) => Promise<void>): Promise<void> {
    const world = await open();
    try {
      await work(world, makeBackend(world.making));
    } finally {
      await world.close();
    }
  }

  test('counts what it would do, shows the plan, and tells what is there without any secret', () =>
    within(async (world, backend) => {
      // Whose state has another name: what is there is known all the same when it is asked for again.
      const { folder } = world.making as { folder: string };
      writeFileSync(join(folder, '..', 'module', 'backend.tf'), 'terraform {\n  backend "local" {}\n}\n');
      const spec = { ...(world.order('create').spec as object), backendConfig: { path: 'orders.state' } };
      const own = (verb: 'create' | 'change') => world.order(verb, { spec });
      const preview = await backend.preview(own('create'), signal);
      expect(preview).toMatchObject({ summary: '1 to add, 0 to change, 0 to destroy', destroys: 0 });
      expect(preview.changes).toEqual([{ what: 'terraform_data.thing', does: 'create' }]);
      expect(preview.detail?.text).toContain('# terraform_data.thing will be created');
      const said = await finish(backend, own('create'));
      expect(said.at(-1)?.outputs).toEqual([
        { label: 'password', value: 'in the state “r1”: terraform output -raw password', secret: true },
        { label: 'where', value: 'orders.example.test' },
      ]);
      expect(JSON.stringify([preview, said])).not.toContain('never shown');
      expect(said.at(-1)?.steps[0]?.note).toContain('good for a trial only');
      expect(await backend.preview(own('change'), signal)).toMatchObject({
        summary: '0 to add, 0 to change, 0 to destroy',
      });
    }));

  test('says in the preview what it would refuse', () =>
    within(async (world, backend) => {
      expect(await backend.preview(world.refused.order, signal)).toMatchObject({
        refused: expect.stringMatching(world.refused.words),
        destroys: 0,
      });
    }));

  test('destroys no more than was confirmed', () =>
    within(async (world, backend) => {
      const spec = world.slow.spec;
      await world.openGate();
      expect((await finish(backend, world.slow)).at(-1)).toMatchObject({ state: 'ready' });
      const preview = await backend.preview(world.order('change'), signal);
      expect(preview).toMatchObject({ destroys: 1, summary: '0 to add, 0 to change, 1 to destroy' });
      const before = await world.things();
      const refused = (await finish(backend, world.order('change'))).at(-1);
      expect(refused).toMatchObject({ state: 'failed', message: expect.stringContaining('terraform_data.gate[0]') });
      expect(await world.things()).toEqual(before);
      expect((await finish(backend, world.order('change', { destroys: 1 }))).at(-1)).toMatchObject({ state: 'ready' });
      expect(await world.things()).toEqual(world.expected.created);
      expect(spec).toEqual(world.slow.spec);
    }));

  test('applies the very plan that was shown, and otherwise nothing else than what was shown', () =>
    within(async (world, backend) => {
      const folder = (world.making as { folder: string }).folder;
      const work = join(folder, 'terraform', 'r1', 'work');
      const main = join(folder, '..', 'module', 'main.tf');
      // Something new: its plan is of nothing, so what the run plans is held against it.
      const shown = await backend.preview(world.order('create'), signal);
      const more = `${module}resource "terraform_data" "stowaway" {}\n`;
      writeFileSync(main, more);
      const created = world.order('create', { confirmed: shown.changes });
      expect((await finish(backend, created)).at(-1)).toMatchObject({
        state: 'failed',
        message: expect.stringMatching(
          /^It would now do something else than was confirmed: terraform_data.stowaway would be made\./,
        ),
      });
      expect(await world.things()).toEqual([]);
      writeFileSync(main, module);
      expect((await finish(backend, created)).at(-1)).toMatchObject({ state: 'ready' });

      // A change: the plan itself is kept, for us alone, and the module as it was when it was shown.
      const change = {
        ...world.changed('change'),
        confirmed: (await backend.preview(world.changed('change'), signal)).changes,
      };
      expect(statSync(join(work, 'confirmed')).mode & 0o777).toBe(0o600);
      writeFileSync(main, more);
      const said = await finish(backend, change);
      expect(said.some((p) => p.steps[1]?.note === 'the one that was confirmed')).toBe(true);
      expect(said.at(-1)).toMatchObject({ state: 'ready', steps: [{}, {}, { state: 'done' }] });
      expect(await world.things()).toEqual(world.expected.changed);
      expect(existsSync(join(work, 'confirmed'))).toBe(false);
      writeFileSync(main, module);

      // Somebody has done something meanwhile: Terraform refuses the plan that is out of date, and a new one is another.
      const back = {
        ...world.order('change'),
        confirmed: (await backend.preview(world.order('change'), signal)).changes,
      };
      await world.openGate();
      await finish(backend, { ...world.slow, run: 'q9-create' });
      expect((await finish(backend, back)).at(-1)).toMatchObject({
        state: 'failed',
        message: expect.stringContaining('terraform_data.gate[0] would be destroyed'),
      });
      expect(await world.things()).toEqual(['gate', ...world.expected.created]);
    }));

  test('says that the disk is full, and that nothing was done', () =>
    within(async (world, backend) => {
      const work = join((world.making as { folder: string }).folder, 'terraform', 'r1', 'work');
      mkdirSync(work, { recursive: true });
      // A device on which there is never any room.
      symlinkSync('/dev/full', join(work, 'variables.tfvars.json'));
      expect((await finish(backend, world.order('create'))).at(-1)).toMatchObject({
        state: 'failed',
        message: expect.stringMatching(
          /^The folder in which runs work can’t be written \(ENOSPC\), so nothing was done\./,
        ),
      });
      expect(await world.things()).toEqual([]);
      rmSync(join(work, 'variables.tfvars.json'));
      expect((await finish(backend, world.order('create'))).at(-1)).toMatchObject({ state: 'ready' });
    }));

  test('says who holds the lock, since when, and what to do; it never breaks it', () =>
    within(async (world, backend) => {
      await finish(backend, world.order('create'));
      // A person beside us, with the same state.
      const home = join((world.making as { folder: string }).folder, 'terraform', 'r1', 'work');
      const person = spawn(
        'terraform',
        [
          'apply',
          '-auto-approve',
          '-input=false',
          '-no-color',
          '-var-file=../variables.tfvars.json',
          '-var=gated=true',
        ],
        { cwd: join(home, 'module'), env: { PATH: toolPath, TF_DATA_DIR: join(home, 'terraform') } },
      );
      const exit = once(person, 'exit');
      await new Promise<void>((resolve) => {
        person.stdout.on('data', (said) => String(said).includes('gate[0]: Provisioning') && resolve());
        void exit.then(() => resolve());
      });
      const blocked = (await finish(backend, world.order('change'))).at(-1);
      expect(blocked?.state).toBe('failed');
      expect(blocked?.message).toMatch(
        /^The state is locked by \S+@\S+ since \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC \(apply\), so nothing was done\..*wait until they have finished.*“terraform force-unlock [0-9a-f-]{36}”/,
      );
      person.kill('SIGKILL');
      await exit;
      await world.openGate();
      expect((await finish(backend, world.slow)).at(-1)).toMatchObject({ state: 'ready' });
    }));

  test.each([
    '${"$"}{file("/etc/passwd")}',
    '%{ for x in y }',
    '"\n}\nresource "x" "y" {',
    "'; touch /tmp/x; '",
    '😀\u2028',
  ])('takes %j for what it is', (name) =>
    within(async (world, backend) => {
      const spec = { ...(world.order('create').spec as object), variables: { name, size: 's', folder: 'none' } };
      const preview = await backend.preview(world.order('create', { spec }), signal);
      expect(preview.changes).toEqual([{ what: 'terraform_data.thing', does: 'create' }]);
    }),
  );

  test('names a module that is not there, and refuses an option in its place', () =>
    within(async (world, backend) => {
      const order = (module: string) => world.order('create', { spec: { module } });
      await expect(backend.preview(order('/nowhere'), signal)).rejects.toMatchObject({ code: 'module_missing' });
      await expect(backend.preview(order('-chdir=/'), signal)).rejects.toMatchObject({ code: 'path_section_invalid' });
    }));
});

test('terraform that is not installed says what to install', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'gc-terraform-'));
  const backend = terraform({ clock: virtualClock(), folder, environment: { PATH: folder }, command: 'tofu' });
  expect(await backend.available()).toEqual({
    ok: false,
    why: 'tofu is not installed. Install OpenTofu 1.6 or newer where Groundcrew runs.',
  });
  rmSync(folder, { recursive: true, force: true });
});

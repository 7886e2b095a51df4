import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { ansible } from '../../../src/actions/ansible/backend.ts';
import { unsafeYaml } from '../../../src/actions/ansible/vars.ts';
import { virtualClock } from '../../support/clock.ts';
import { findTool, toolPath } from '../../support/tools.ts';
import { makeBackend } from './making.ts';
import { backendContract, finish, type World } from './suite.ts';

const playbook = `
- name: Grant
  hosts: all
  gather_facts: false
  tasks:
    - name: Check the quota
      ansible.builtin.fail: { msg: "The gateway allows no huge grants." }
      when: size == 'huge'
    - name: Write the grant
      ansible.builtin.copy: { content: "{{ name }} {{ size }}", dest: "{{ folder }}/grant", mode: "0600" }
      when: state == 'present'
    - name: Count it
      ansible.builtin.command: { cmd: "sh -c 'echo made >> {{ folder }}/made; touch {{ folder }}/counted'", creates: "{{ folder }}/counted" }
      when: state == 'present'
    - name: Take a secret
      ansible.builtin.command: "echo never shown"
      no_log: true
      changed_when: false
    - name: Wait at the gate
      ansible.builtin.command: "sh -c 'test -e {{ folder }}/open || cat {{ folder }}/gate'"
      when: gated | bool
      changed_when: false
    - name: Remove the grant
      ansible.builtin.file: { path: "{{ folder }}/grant", state: absent }
      when: state == 'absent'
    - name: Tell
      ansible.builtin.set_stats:
        data: { outputs: { Address: "vpn.example.test", For: "{{ groundcrew.resource }} {{ groundcrew.verb }}" } }
`;

async function open(): Promise<World & { readonly folder: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'gc-ansible-'));
  writeFileSync(join(folder, 'play.yaml'), playbook);
  execFileSync('mkfifo', [join(folder, 'gate')]);
  const spec = (vars: object) => ({
    playbook: join(folder, 'play.yaml'),
    vars: { name: 'orders', size: 's', state: 'present', gated: false, folder, ...vars },
    verbs: { delete: { vars: { state: 'absent' } } },
  });
  const order: World['order'] = (verb, more = {}) => ({
    run: `q1-${verb}`,
    verb,
    resource: 'r1',
    path: 'vpn',
    version: '1.0.0',
    spec: spec({}),
    labels: { team: 'orders' },
    annotations: {},
    timeoutSeconds: 600,
    ...more,
  });
  const read = (name: string) => (existsSync(join(folder, name)) ? readFileSync(join(folder, name), 'utf8') : '');
  return {
    folder,
    making: { backend: 'ansible', folder: join(folder, 'runs'), environment: { PATH: toolPath } },
    order,
    changed: (verb) => order(verb, { spec: spec({ size: 'm' }) }),
    refused: { order: order('create', { spec: spec({ size: 'huge' }) }), words: /allows no huge grants/ },
    slow: order('create', { spec: spec({ gated: true }) }),
    async openGate() {
      writeFileSync(join(folder, 'open'), '');
    },
    waiting: ({ steps }) => steps.some((s) => s.note?.includes('Wait at the gate')),
    things: async () => [read('grant')].filter(Boolean),
    made: async () => read('made').split('\n').filter(Boolean).length,
    stride: 3,
    expected: { created: ['orders s'], changed: ['orders m'] },
    async close() {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const missing = findTool('ansible-playbook') ? undefined : 'ansible-playbook is on neither the PATH nor in TOOLS_DIR';
backendContract('ansible', { open, missing });

describe.skipIf(missing !== undefined)('ansible itself', { timeout: 120_000 }, () => {
  const signal = new AbortController().signal;
  async function within(
    work: (world: Awaited<ReturnType<typeof open>>, backend: ReturnType<typeof makeBackend>) => Promise<void>,
  ) {
    const world = await open();
    try {
      await work(world, makeBackend(world.making));
    } finally {
      await world.close();
    }
  }

  test('shows the difference beforehand, and afterwards what the playbook tells; nothing that is hidden', () =>
    within(async (world, backend) => {
      const preview = await backend.preview(world.order('create'), signal);
      expect(preview).toMatchObject({ summary: '2 tasks would change something', destroys: 0 });
      expect(preview.changes).toEqual([
        { what: 'Write the grant', does: 'create' },
        { what: 'Count it', does: 'create' },
      ]);
      expect(preview.detail).toMatchObject({ language: 'diff', text: expect.stringContaining('+orders s') });
      const said = await finish(backend, world.order('create'));
      expect(said.at(-1)?.outputs).toEqual([
        { label: 'Address', value: 'vpn.example.test' },
        { label: 'For', value: 'r1 create' },
      ]);
      expect(JSON.stringify([preview, said])).not.toContain('never shown');
      // Variables may hold what not everybody should read: nothing of them stays.
      expect(readdirSync(join(world.folder, 'runs', 'ansible'))).toEqual([]);
    }));

  test('takes what was typed for what it is', () =>
    within(async (world, backend) => {
      const hostile = [
        '{{ lookup("pipe", "touch made") }}',
        '{% for x in y %}',
        '"\n- hosts: all',
        '!unsafe',
        '😀\u2028\ud800',
      ];
      const name = hostile.join(' ');
      const spec = world.order('create').spec as { vars: object };
      const order = world.order('create', { spec: { ...spec, vars: { ...spec.vars, name } } });
      expect((await finish(backend, order)).at(-1)).toMatchObject({ state: 'ready' });
      expect(await world.things()).toEqual([`${name.toWellFormed()} s`]);
    }));

  test('does not run the path’s own playbook for a verb of which the path says nothing', () =>
    within(async (world, backend) => {
      const spec = { ...(world.order('create').spec as object), verbs: {} };
      await expect(backend.preview(world.order('delete', { spec }), signal)).rejects.toMatchObject({
        code: 'verb_unsupported',
      });
      await expect(finish(backend, world.order('delete', { spec }))).rejects.toMatchObject({
        code: 'verb_unsupported',
      });
      expect(await world.things()).toEqual([]);
    }));

  test('names a playbook that is not there', () =>
    within(async (world, backend) => {
      await expect(
        backend.preview(world.order('create', { spec: { playbook: '/nowhere.yaml' } }), signal),
      ).rejects.toMatchObject({ code: 'playbook_missing' });
    }));
});

test('ansible that is not installed says what to install', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'gc-ansible-'));
  expect(await ansible({ clock: virtualClock(), folder, environment: { PATH: folder } }).available()).toEqual({
    ok: false,
    why: 'ansible-playbook is not installed. Install ansible-core 2.14 or newer where Groundcrew runs.',
  });
  rmSync(folder, { recursive: true, force: true });
});

test('variables are values, and strings are marked as no templates', () => {
  const value = { a: ['{{ x }}', 1, true, null, { 'b: c': '"\\\n😀' }] };
  const yaml = unsafeYaml(value);
  expect(yaml).not.toContain('\n');
  expect(parse(yaml, { customTags: [{ tag: '!unsafe', resolve: (s: string) => s }] })).toEqual(value);
});

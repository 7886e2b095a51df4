import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** A golden path for each backend, as small as it can be, and of which each making can be counted from outside. */
const path = (name: string, backend: string): string => `
name: ${name}
title: ${name}
summary: Made to be killed.
version: 1.0.0
owner: chaos
docs: https://docs.acme.test/${name}
parameters:
  required: [name]
  properties:
    name: { title: Name, pattern: "^[a-z][a-z0-9-]*$", maxLength: 30, fixed: true }
identity: params.name
timeout: 10m
${backend}
`;

/** `made`: a file to which tools add a line for each thing that they make. `grants`: a folder of such things. */
export const files = (made: string, grants: string): Readonly<Record<string, string>> => ({
  'database/path.yaml': path(
    'database',
    `backend:
  kind: kubernetes
  namespace: chaos
  objects:
    - apiVersion: postgresql.cnpg.io/v1
      kind: Cluster
      metadata: { name: "\${{ params.name }}" }
      spec: { instances: 1, storage: { size: 1Gi } }
    - apiVersion: v1
      kind: ConfigMap
      metadata: { name: "\${{ params.name }}-settings" }
      data: { name: "\${{ params.name }}" }`,
  ),
  'release/path.yaml': path(
    'release',
    `backend: { kind: helm, chart: chart, release: "\${{ params.name }}", namespace: chaos, values: { name: "\${{ params.name }}" } }`,
  ),
  'release/chart/Chart.yaml': 'apiVersion: v2\nname: release\nversion: 1.0.0\n',
  'release/chart/templates/map.yaml':
    'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: "{{ .Values.name }}-release" }\ndata: { name: "{{ .Values.name }}" }\n',
  'stack/path.yaml': path(
    'stack',
    `backend: { kind: terraform, module: module, variables: { name: "\${{ params.name }}" } }`,
  ),
  'stack/module/main.tf': `
variable "name" { type = string }
resource "terraform_data" "thing" {
  input = var.name
  provisioner "local-exec" { command = "echo stack \${var.name} >> '${made}'" }
}
`,
  'grant/path.yaml': path(
    'grant',
    `backend: { kind: ansible, playbook: play.yml, vars: { name: "\${{ params.name }}" } }`,
  ),
  'grant/play.yml': `
- name: Grant
  hosts: all
  gather_facts: false
  tasks:
    - name: Write the grant
      ansible.builtin.copy: { content: "{{ name }}", dest: "${grants}/{{ name }}", mode: "0600" }
`,
  'service/path.yaml': path(
    'service',
    `backend: { kind: backstage, template: "template:default/new-service", values: { name: "\${{ params.name }}" } }`,
  ),
});

export async function writeFiles(folder: string, content: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(content)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
}

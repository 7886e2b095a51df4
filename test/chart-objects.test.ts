import { expect } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { createSchemas } from '../src/catalog/kubernetes/schemas.ts';
import { writes } from '../src/cluster/change.ts';
import { kinds } from '../src/cluster/kinds.ts';
import type { Json } from '../src/core/kernel/index.ts';
import { runTool, toolTest } from './support/tools.ts';

/* The Helm chart that runs the bot, by the real helm: what it makes is valid, and what is set arrives. */
const schemas = createSchemas([]);
const render = (...set: readonly string[]) =>
  runTool('helm', ['template', 'bot', 'deploy/chart', ...set.flatMap((one) => ['--set', one])]);
const objectsIn = (out: string) =>
  (parseAllDocuments(out) as readonly { toJS(): Json }[]).map((d) => d.toJS()).filter((d) => d !== null);
type Rule = {
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly verbs: readonly string[];
};
const kindOf = (o: Json) => (o as { readonly kind: string }).kind;
/** What is wrong with an object; of a kind that Kubernetes itself does not have, its kind. */
const wrongWith = (o: Json): readonly unknown[] => {
  const found = schemas.check(o);
  return found === 'unknown' ? [kindOf(o)] : found;
};

toolTest(['helm'], 'the chart makes objects that the API takes, as it is and with all that it can do', async () => {
  const whole = [
    'catalog.git.repository=git@example.com:paths.git',
    'catalog.git.sshSecret=git',
    'ingress.enabled=true',
    'replicas=2',
    'rbac.doctor.fixes=true',
    'rbac.doctor.impersonate.enabled=true',
    'rbac.doctor.impersonate.groups={shop,data}',
    'rbac.selfService.rules[0].apiGroups={postgresql.cnpg.io}',
    'rbac.selfService.rules[0].resources={clusters}',
    'rbac.selfService.rules[1].apiGroups={""}',
    'rbac.selfService.rules[1].resources={secrets}',
    'rbac.selfService.rules[1].verbs={get,delete}',
    'serviceMonitor.enabled=true',
    'llm.baseUrl=http://vllm.models.svc:8000/v1',
    'llm.model=small',
  ];
  for (const set of [[], whole]) {
    const { code, out, err } = await render(...set);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const objects = objectsIn(out);
    expect(objects.map(kindOf)).toEqual(expect.arrayContaining(['Deployment', 'Service', 'ConfigMap', 'ClusterRole']));
    expect(objects.flatMap(wrongWith)).toEqual(set === whole ? ['ServiceMonitor'] : []);
    // Any person, of groups only those that are named; nobody at all as long as nobody asked for it.
    expect(out.match(/^.*\[impersonate\].*$/gm) ?? []).toEqual(
      set === whole
        ? [
            '  - { apiGroups: [""], resources: [users], verbs: [impersonate] }',
            '  - { apiGroups: [""], resources: [groups], resourceNames: ["shop","data"], verbs: [impersonate] }',
          ]
        : [],
    );
    const ofSecrets = objects.flatMap((o) => (o as { readonly rules?: readonly Rule[] }).rules ?? []);
    expect(ofSecrets.filter(({ resources }) => resources?.includes('secrets')).map(({ verbs }) => verbs)).toEqual(
      set === whole ? [['get', 'delete']] : [],
    );
    // Which cluster it is may be asked also where things are made and the doctor is not.
    expect(out.includes('resources: [namespaces], resourceNames: [kube-system], verbs: [get]')).toBe(set === whole);
  }
});

toolTest(['helm'], 'who may press fixes is granted what buttons and “Undo” do, and nothing more', async () => {
  const granted = async (...set: readonly string[]) => {
    const role = objectsIn((await render(...set)).out).find(
      (o) => kindOf(o) === 'ClusterRole' && JSON.stringify(o).includes('-doctor"'),
    ) as { readonly rules: readonly Rule[] } | undefined;
    const all = role?.rules.flatMap(({ apiGroups = [], resources = [], verbs }) =>
      apiGroups.flatMap((group) => resources.flatMap((one) => verbs.map((verb) => `${verb} ${group}/${one}`))),
    );
    return all?.filter((one) => !/^(?:get|list|watch) /.test(one)).toSorted();
  };
  const needed = Object.entries(writes).flatMap(([verb, names]) =>
    names.map((name) => {
      const { group, plural } = kinds.find((k) => k.kind === name) ?? { group: '', plural: name };
      return `${verb} ${group.includes('/') ? group.split('/')[0] : ''}/${plural}`;
    }),
  );
  expect(needed).toContain('patch batch/cronjobs');
  expect(await granted('rbac.doctor.fixes=true')).toEqual(needed.toSorted());
  expect(await granted()).toEqual([]);
});

toolTest(['helm'], 'a language model is named in the values, its key never', async () => {
  const { out } = await render('llm.baseUrl=https://models.example.com/v1', 'llm.model=small');
  const [deployment] = objectsIn(out).filter((o) => kindOf(o) === 'Deployment');
  expect(JSON.stringify(deployment)).toContain(
    '{"name":"LLM_BASE_URL","value":"https://models.example.com/v1"},{"name":"LLM_MODEL","value":"small"}',
  );
  expect((await render()).out).not.toContain('LLM_');
  for (const [wrong, words] of [
    [['llm.baseUrl=https://models.example.com/v1'], 'llm.model is missing'],
    [['llm.baseUrl=models.example.com', 'llm.model=small'], 'pattern'],
    [['llm.key=secret'], 'key'],
    [['rbac.doctor.impersonate.groups={system:masters}'], 'groups'],
  ] as const) {
    const { code, err } = await render(...wrong);
    expect(code).toBe(1);
    expect(err).toContain(words);
  }
});

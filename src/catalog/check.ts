import { join } from 'node:path';
import { z } from 'zod';
import type { GoldenPath, Values } from '../core/catalog/path.ts';
import { isObject } from '../core/catalog/render.ts';
import { longTeam, samplesOf, taken } from '../core/catalog/samples.ts';
import type { Place } from '../core/catalog/template.ts';
import { type Tried, tryOut } from '../core/catalog/trial.ts';
import type { Json } from '../core/kernel/inbound.ts';
import { Problem } from '../core/kernel/problem.ts';
import type { Order } from '../core/runs/run.ts';
import { adviceOn } from './advice.ts';
import { type Charts, openCharts, type Rendered } from './charts.ts';
import { about } from './complaints.ts';
import { createFindings, type Findings } from './findings.ts';
import type { Resource } from './kubernetes/resources.ts';
import { type Loaded, loadCatalog } from './load.ts';
import { placed, type Room, readRoom } from './room.ts';
import type { Complaint } from './source.ts';
import { specs } from './specs.ts';

/** What was found out about one path. */
export type Checked = {
  readonly name: string;
  readonly version?: string;
  /** What has to be corrected. */
  readonly problems: readonly Complaint[];
  /** What works, and could be better. */
  readonly advice: readonly Complaint[];
  readonly samples: number;
  readonly operations: number;
  /** Kubernetes objects that were held against a schema. */
  readonly objects: number;
  /** What the values were held against besides, such as the variables of a module. */
  readonly inputs?: string;
  /** Why what is made was not rendered, or held against nothing. */
  readonly notRendered?: string;
  /** Kinds without a schema here. */
  readonly notChecked: readonly string[];
  /** Rules of custom resource definitions that only a cluster evaluates. */
  readonly notEvaluated: readonly string[];
  /** What the bot has to be allowed to make in the cluster, so that it works. */
  readonly makes: readonly Resource[];
};
const nothing = { advice: [], samples: 0, operations: 0, objects: 0, notChecked: [], notEvaluated: [], makes: [] };

/** Tries all paths of a folder with sample values. Undefined when there is no such folder. */
export async function checkCatalog(root: string): Promise<readonly Checked[] | undefined> {
  const { found, loaded } = await loadCatalog(root);
  if (!found) return undefined;
  const successors = new Set(loaded.flatMap((l) => ('path' in l ? [l.path.name] : [])));
  const charts = await openCharts();
  try {
    // One path after the other: each chart is rendered by a process of its own.
    const checked: Checked[] = [];
    for (const l of loaded) checked.push(await checkPath(root, l, successors, charts));
    return checked;
  } finally {
    await charts.close();
  }
}

async function checkPath(root: string, loaded: Loaded, names: ReadonlySet<string>, charts: Charts): Promise<Checked> {
  if ('broken' in loaded) {
    const { name, problems } = loaded.broken;
    return { name, problems, ...nothing };
  }
  const { path } = loaded;
  const unread: Complaint[] = [];
  const room = await readRoom(join(root, path.name), path.backend.kind, unread);
  if (!room) return { name: path.name, problems: unread, ...nothing };
  const findings = createFindings(room);
  let notRendered = room.inputs === 'untold' ? untold : undefined;
  const { samples } = samplesOf(path);
  const used = samples.flatMap((sample, i) => {
    const values = taken(path, sample);
    if (values) return [{ sample, values, first: i === 0 }];
    const what = 'the usual values are refused by the parameters';
    if (i === 0) findings.say(about(room.definition, ['parameters'], what, 'Correct defaults and placeholders.'));
    return [];
  });
  // Once more for a team with the longest name, since names are made of it.
  for (const { sample, values, first } of used)
    for (const team of first ? ['Sample Team', longTeam] : ['Sample Team']) {
      const whose = `with ${team === longTeam ? `a team called “${team}”` : sample.what}`;
      for (const { order, operation } of attempt(path, values, team, whose, room, findings)) {
        const what = operation ? `${whose}, operation ${operation}` : whose;
        findings.needs(objectsIn(order.spec));
        findings.needs(renewedIn(order.spec), ['get', 'delete']);
        checkOrder(path, order, what, room, findings);
        if (path.backend.kind !== 'helm') continue;
        const chart = charts.unable === undefined ? await charts.render(order.spec, order.verb) : undefined;
        if (chart) checkChart(path, chart, what, room, findings);
        else notRendered = chartUnknown(charts.unable ?? 'it is not in the path’s folder');
      }
    }
  const { problems, ...found } = findings.all();
  return {
    name: path.name,
    version: path.version,
    problems: [...unread, ...problems],
    advice: adviceOn(path, room.definition, names),
    samples: used.length,
    operations: path.operations.length,
    ...found,
    ...(typeof room.inputs === 'object' ? { inputs: room.inputs.called } : {}),
    ...(notRendered === undefined ? {} : { notRendered }),
  };
}

const untold =
  'its values are held against nothing, since no schema of what takes them is in the path’s folder (parameters: { from, file })';
const chartUnknown = (why: string): string =>
  `its chart is not rendered, since ${why}: neither its objects nor the rights that they need are known`;

/** Where Helm keeps what it knows of a release. */
const release: Json = { apiVersion: 'v1', kind: 'Secret' };

/** What helm made of the chart, against the API's schemas. */
function checkChart(path: GoldenPath, chart: Rendered, what: string, room: Room, findings: Findings): void {
  if ('fault' in chart) {
    const todo = 'Correct the values, or the chart.';
    findings.say(about(room.definition, ['backend'], `${what}: helm: ${chart.fault}`, todo));
    return;
  }
  const objects = chart.objects.map((o) => o.object);
  findings.needs([...objects, release]);
  findings.hold(objects, ({ at, what: wrong, todo }, i) => ({
    file: `${path.name}/${chart.objects[i]?.file ?? ''}`,
    what: `${what}: ${at.join('.')}: ${wrong}`,
    todo,
  }));
}

function attempt(
  path: GoldenPath,
  values: Values,
  team: string,
  whose: string,
  room: Room,
  findings: Findings,
): readonly Tried[] {
  try {
    return tryOut(path, values, { team: { name: team, quotaLeft: 5, budgetLeftCents: 100_000 } });
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const todo = 'Correct the expression, or what the parameters allow.';
    findings.say(about(room.definition, ['backend'], `${whose}: ${error.message}`, todo));
    return [];
  }
}

/** The rendered section against the backend's schema, its objects against the API's, its values against what takes them. */
function checkOrder(path: GoldenPath, { spec, verb }: Order, what: string, room: Room, findings: Findings): void {
  const objects = objectsIn(spec);
  const parsed = specs[path.backend.kind]?.safeParse(spec);
  for (const issue of parsed?.success === false ? parsed.error.issues : []) {
    const at = issue.path.filter((p) => typeof p !== 'symbol');
    const todo = 'Correct the section “backend”, its template, or what the parameters allow.';
    findings.say(placed(room, at, objects, `${what}: ${at.join('.')}${shownAt(spec, at)}: ${issue.message}`, todo));
  }
  findings.hold(objects, ({ at, what: wrong, todo }, i) =>
    placed(room, ['objects', i, ...at], objects, `${what}: ${at.join('.')}: ${wrong}`, todo),
  );
  if (typeof room.inputs !== 'object') return;
  const todo = 'Correct the section “backend”, or what the parameters allow.';
  for (const [name, fault] of room.inputs.faults(spec, verb))
    findings.say(about(room.definition, ['backend'], `${what}: ${name}: ${fault} (${room.inputs.called})`, todo));
}

const objectsIn = (spec: Json): readonly Json[] =>
  isObject(spec) && Array.isArray(spec.objects) ? (spec.objects as readonly Json[]) : [];

/** What is made anew by an operator: it is looked at and deleted, never made. */
const renewing = z.object({ verbs: z.record(z.string(), z.object({ renew: z.array(z.json()).default([]) })) });
const renewedIn = (spec: Json): readonly Json[] =>
  Object.values(renewing.safeParse(spec).data?.verbs ?? {}).flatMap((part) => part.renew);

function shownAt(spec: Json, at: Place): string {
  const value = at.reduce<unknown>(
    (v, k) => (typeof v === 'object' && v !== null ? Reflect.get(v, k) : undefined),
    spec,
  );
  return typeof value === 'string' || typeof value === 'number' ? ` (${JSON.stringify(value).slice(0, 90)})` : '';
}

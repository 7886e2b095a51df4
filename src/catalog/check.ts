import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { GoldenPath } from '../core/catalog/path.ts';
import { isObject } from '../core/catalog/render.ts';
import { longTeam, type Sample, samplesOf, taken } from '../core/catalog/samples.ts';
import type { Place } from '../core/catalog/template.ts';
import { type Tried, tryOut } from '../core/catalog/trial.ts';
import type { Json } from '../core/kernel/inbound.ts';
import { Problem } from '../core/kernel/problem.ts';
import { adviceOn } from './advice.ts';
import { type Charts, openCharts } from './charts.ts';
import { about } from './complaints.ts';
import { folder } from './folder.ts';
import { type Inputs, inputsOf } from './inputs.ts';
import { type Resource, resourceOf } from './kubernetes/resources.ts';
import { createSchemas, type Schemas } from './kubernetes/schemas.ts';
import { type Loaded, loadCatalog } from './load.ts';
import type { Complaint, Source } from './source.ts';
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

type Room = {
  readonly definition: Source;
  readonly templates: readonly Source[];
  readonly crds: readonly Json[];
  readonly schemas: Schemas;
  readonly inputs: Inputs | 'untold' | undefined;
};

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
  const found = new Map<string, Complaint>();
  const say = (c: Complaint) => {
    // One mistake shows with every sample; it is told once, with the first of them.
    const key = `${c.file}:${c.line} ${c.what.replace(/^with [^:]*: /, '')}`;
    if (!found.has(key)) found.set(key, c);
  };
  const notChecked = new Set<string>();
  const makes = new Map<string, Resource>();
  let objects = 0;
  let notRendered: string | undefined;
  const { samples } = samplesOf(path);
  const used = samples.flatMap((sample, i) => {
    const values = taken(path, sample);
    if (values) return [{ sample, values, first: i === 0 }];
    if (i === 0)
      say(
        about(
          room.definition,
          ['parameters'],
          'the usual values are refused by the parameters',
          'Correct defaults and placeholders.',
        ),
      );
    return [];
  });
  for (const { sample, values, first } of used) {
    // Once more for a team with the longest name, since names are made of it.
    for (const team of first ? ['Sample Team', longTeam] : ['Sample Team']) {
      const tried = attempt(path, { ...sample, values }, team, room, say);
      for (const one of tried) {
        for (const object of objectsIn(one.order.spec)) {
          const resource = resourceOf(object, room.crds);
          if (resource) makes.set(`${resource.apiGroup}/${resource.resource}`, resource);
        }
        for (const object of renewedIn(one.order.spec)) {
          const resource = resourceOf(object, room.crds);
          const key = `${resource?.apiGroup}/${resource?.resource}`;
          if (resource && !makes.has(key)) makes.set(key, { ...resource, verbs: ['get', 'delete'] });
        }
        const made = checkOrder(
          path,
          one,
          team === longTeam ? `a team called “${team}”` : sample.what,
          room,
          say,
          notChecked,
        );
        objects += made;
        const what = `with ${team === longTeam ? `a team called “${team}”` : sample.what}${one.operation ? `, operation ${one.operation}` : ''}`;
        if (typeof room.inputs === 'object')
          for (const [name, fault] of room.inputs.faults(one.order.spec, one.order.verb))
            say(
              about(
                room.definition,
                ['backend'],
                `${what}: ${name}: ${fault} (${room.inputs.called})`,
                'Correct the section “backend”, or what the parameters allow.',
              ),
            );
        if (path.backend.kind !== 'helm') continue;
        const chart = charts.unable === undefined ? await charts.render(one.order.spec, one.order.verb) : undefined;
        for (const object of chart && 'objects' in chart ? [...chart.objects.map((o) => o.object), release] : []) {
          const resource = resourceOf(object, room.crds);
          if (resource) makes.set(`${resource.apiGroup}/${resource.resource}`, resource);
        }
        if (!chart) notRendered = charts.unable ?? 'it is not in the path’s folder';
        else objects += checkChart(path, chart, what, room, say, notChecked);
      }
    }
  }
  return {
    name: path.name,
    version: path.version,
    problems: [...unread, ...found.values()],
    advice: adviceOn(path, room.definition, names),
    samples: used.length,
    operations: path.operations.length,
    objects,
    ...(typeof room.inputs === 'object' ? { inputs: room.inputs.called } : {}),
    ...(notRendered === undefined
      ? {}
      : {
          notRendered: `its chart is not rendered, since ${notRendered}: neither its objects nor the rights that they need are known`,
        }),
    ...(room.inputs === 'untold' ? { notRendered: untold } : {}),
    notChecked: [...notChecked].toSorted(),
    notEvaluated: [...room.schemas.skipped],
    makes: [...makes.entries()].toSorted(([a], [b]) => a.localeCompare(b)).map(([, resource]) => resource),
  };
}

/** Where Helm keeps what it knows of a release. */
const release: Json = { apiVersion: 'v1', kind: 'Secret' };
const untold =
  'its values are held against nothing, since no schema of what takes them is in the path’s folder (parameters: { from, file })';

/** What helm made of the chart, against the API's schemas. */
function checkChart(
  path: GoldenPath,
  chart: NonNullable<Awaited<ReturnType<Charts['render']>>>,
  what: string,
  room: Room,
  say: (c: Complaint) => void,
  notChecked: Set<string>,
): number {
  if ('fault' in chart) {
    say(about(room.definition, ['backend'], `${what}: helm: ${chart.fault}`, 'Correct the values, or the chart.'));
    return 0;
  }
  let checked = 0;
  for (const { file, object } of chart.objects) {
    const wrong = room.schemas.check(object);
    if (wrong === 'unknown') {
      if (isObject(object)) notChecked.add(`${String(object.apiVersion)} ${String(object.kind)}`);
      continue;
    }
    checked += 1;
    for (const w of wrong)
      say({ file: `${path.name}/${file}`, what: `${what}: ${w.at.join('.')}: ${w.what}`, todo: w.todo });
  }
  return checked;
}

function attempt(
  path: GoldenPath,
  sample: Sample,
  team: string,
  room: Room,
  say: (c: Complaint) => void,
): readonly Tried[] {
  try {
    return tryOut(path, sample.values, { team: { name: team, quotaLeft: 5, budgetLeftCents: 100_000 } });
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const what = team === longTeam ? `a team called “${team}”` : sample.what;
    say(
      about(
        room.definition,
        ['backend'],
        `with ${what}: ${error.message}`,
        'Correct the expression, or what the parameters allow.',
      ),
    );
    return [];
  }
}

/** The rendered section against the backend's schema, and its Kubernetes objects against theirs; how many were checked. */
function checkOrder(
  path: GoldenPath,
  { order, operation }: Tried,
  sample: string,
  room: Room,
  say: (c: Complaint) => void,
  notChecked: Set<string>,
): number {
  const what = `with ${sample}${operation ? `, operation ${operation}` : ''}`;
  const parsed = specs[path.backend.kind]?.safeParse(order.spec);
  for (const issue of parsed?.success === false ? parsed.error.issues : []) {
    const at = issue.path.filter((p) => typeof p !== 'symbol');
    const todo = 'Correct the section “backend”, its template, or what the parameters allow.';
    const value = shownAt(order.spec, at);
    say(placed(room, at, objectsIn(order.spec), `${what}: ${at.join('.')}${value}: ${issue.message}`, todo));
  }
  let checked = 0;
  objectsIn(order.spec).forEach((object, i) => {
    const wrong = room.schemas.check(object);
    if (wrong === 'unknown') {
      if (isObject(object)) notChecked.add(`${String(object.apiVersion)} ${String(object.kind)}`);
      return;
    }
    checked += 1;
    for (const w of wrong)
      say(
        placed(room, ['objects', i, ...w.at], objectsIn(order.spec), `${what}: ${w.at.join('.')}: ${w.what}`, w.todo),
      );
  });
  return checked;
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

/** A place in the rendered section as a line of the template that it comes from, or else of path.yaml. */
function placed(room: Room, at: Place, objects: readonly Json[], what: string, todo: string): Complaint {
  const [key, index, ...rest] = at;
  const object = key === 'objects' && typeof index === 'number' ? objects[index] : undefined;
  const kind = isObject(object) ? object.kind : undefined;
  // Repetitions and conditions shift the objects, so the template's document is known by its kind.
  const nth = objects.slice(0, Number(index)).filter((o) => isObject(o) && o.kind === kind).length;
  const documents = room.templates.flatMap((source) =>
    source.documents.map((document, i) => ({ source, document, i })),
  );
  const same = documents.filter(({ document }) => isObject(document) && document.kind === kind);
  const from = kind === undefined ? undefined : (same[nth] ?? same[0]);
  return from ? about(from.source, rest, what, todo, from.i) : about(room.definition, ['backend', ...at], what, todo);
}

async function readRoom(root: string, kind: string, complaints: Complaint[]): Promise<Room | undefined> {
  const files = folder(root);
  const definition = await files.source('path.yaml', complaints);
  if (!definition) return undefined;
  const templates: Source[] = [];
  const section = definition.documents[0];
  const listed = isObject(section) && isObject(section.backend) ? section.backend.objects : undefined;
  for (const file of [listed].flat())
    if (typeof file === 'string') {
      const source = await files.source(file, complaints);
      if (source) templates.push(source);
    }
  const crds: Json[] = [];
  const folderOfCrds = join(root, 'crds');
  const isFolder = await stat(folderOfCrds).then(
    (s) => s.isDirectory(),
    () => false,
  );
  for (const file of isFolder ? await readdir(folderOfCrds) : []) {
    const source = /\.(ya?ml|json)$/.test(file) ? await files.source(join('crds', file), complaints) : undefined;
    crds.push(...(source?.documents ?? []));
  }
  const inputs = await inputsOf(kind, definition, files, complaints);
  return { definition, templates, crds, schemas: createSchemas(crds), inputs };
}

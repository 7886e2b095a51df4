import { isObject } from '../core/catalog/render.ts';
import type { Json } from '../core/kernel/inbound.ts';
import { type Resource, resourceOf } from './kubernetes/resources.ts';
import type { Wrong } from './kubernetes/rules/reading.ts';
import type { Room } from './room.ts';
import type { Complaint } from './source.ts';

export type Findings = ReturnType<typeof createFindings>;

/** What is found out about one path, from one sample to the next. */
export function createFindings({ crds, schemas }: Pick<Room, 'crds' | 'schemas'>) {
  const problems = new Map<string, Complaint>();
  const notChecked = new Set<string>();
  const makes = new Map<string, Resource>();
  let objects = 0;

  /** One mistake shows with every sample; it is told once, with the first of them. */
  function say(c: Complaint): void {
    const key = `${c.file}:${c.line} ${c.what.replace(/^with [^:]*: /, '')}`;
    if (!problems.has(key)) problems.set(key, c);
  }

  return {
    say,
    /** Holds objects against the API's schemas. */
    hold(made: readonly Json[], tell: (wrong: Wrong, i: number) => Complaint): void {
      made.forEach((object, i) => {
        const wrong = schemas.check(object);
        if (wrong === 'unknown') {
          if (isObject(object)) notChecked.add(`${String(object.apiVersion)} ${String(object.kind)}`);
          return;
        }
        objects += 1;
        for (const w of wrong) say(tell(w, i));
      });
    },
    /** The bot has to be allowed to make such objects, or only so much. */
    needs(made: readonly Json[], verbs?: readonly string[]): void {
      for (const object of made) {
        const resource = resourceOf(object, crds);
        if (!resource) continue;
        const key = `${resource.apiGroup}/${resource.resource}`;
        if (verbs === undefined) makes.set(key, resource);
        else if (!makes.has(key)) makes.set(key, { ...resource, verbs });
      }
    },
    all: () => ({
      problems: [...problems.values()],
      objects,
      notChecked: [...notChecked].toSorted(),
      notEvaluated: [...schemas.skipped],
      makes: [...makes.entries()].toSorted(([a], [b]) => a.localeCompare(b)).map(([, resource]) => resource),
    }),
  };
}

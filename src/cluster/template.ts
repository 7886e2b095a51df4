import { hash } from 'node:crypto';
import { type Obj, obj } from '../core/diagnosis/read.ts';

/** What `kubectl rollout restart` changes: nothing else of what runs. */
const restarted = 'kubectl.kubernetes.io/restartedAt';
/**
 * Stands before each print. It goes up with every change of how prints are made, of what `project` keeps of a template too:
 * else everything would seem to be rolled out at once. A test holds it to both.
 */
const version = 1;

/** The same for the same pod template, whether or not it was restarted. Undefined for what has none. */
export function templatePrint(o: Obj): string | undefined {
  const { metadata: _, ...rest } = obj(o, 'spec', 'template');
  if (Object.keys(rest).length === 0) return undefined;
  const { annotations: __, creationTimestamp: ___, ...named } = obj(o, 'spec', 'template', 'metadata');
  const { [restarted]: ____, ...notes } = obj(o, 'spec', 'template', 'metadata', 'annotations');
  return `${version}:${hash('sha256', JSON.stringify([named, notes, rest]), 'base64url').slice(0, 22)}`;
}

import type { IncomingMessage } from 'node:http';
import { at, type Fields, fieldsOf, type Json, textOf } from '../json.ts';
import type { Registry } from '../registry.ts';
import { badRequest, forbidden, methodNotAllowed, noSuchPath, notFound, unsupportedMedia } from '../status.ts';
import type { Store } from '../store.ts';
import { apiVersionOf, type Clock, type KubeObject, type Resource, type User } from '../types.ts';
import { createActs } from './acts.ts';
import { type Authorizer, refusal } from './authorize.ts';
import type { Answer, Exchange } from './exchange.ts';
import type { Objects } from './objects.ts';
import type { Pages } from './pages.ts';
import { isTrue, type Target, verbOf } from './request.ts';
import { patchedScale, scaled, scaleOf } from './subresources.ts';
import { partial, table } from './table.ts';
import { streamWatch } from './watch.ts';
import type { DeleteOptions, PatchType, Write } from './write.ts';

type Parts = {
  readonly store: Store;
  readonly registry: Registry;
  readonly objects: Objects;
  readonly pages: Pages;
  readonly authorizer: Authorizer;
  readonly clock: Clock;
  readonly review: (kind: string, user: User, body: Fields, namespace?: string) => Fields | undefined;
  readonly token: (account: string) => string;
  readonly logs: (pod: KubeObject, container: string, query: URLSearchParams) => string;
};

const patchTypes: Readonly<Record<string, PatchType>> = {
  'application/json-patch+json': 'json',
  'application/merge-patch+json': 'merge',
  'application/strategic-merge-patch+json': 'strategic',
  'application/apply-patch+yaml': 'apply',
};

/** What the client wants objects to look like: as they are, as a table's rows, or by their metadata only. */
type Shape = 'object' | 'table' | 'partial';
function shapeOf(accept: string): Shape {
  for (const one of accept.split(',')) {
    if (/;\s*as=Table/.test(one)) return 'table';
    if (/;\s*as=PartialObjectMetadata/.test(one)) return 'partial';
    if (/application\/json\s*(;q=|$)|\*\/\*/.test(one)) return 'object';
  }
  return 'object';
}

const includes: ReadonlySet<string> = new Set(['Metadata', 'Object', 'None']);
type Include = 'Metadata' | 'Object' | 'None';

/** All verbs on resources and subresources, once it is known who asks. */
export function createHandler({ store, registry, objects, pages, authorizer, clock, review, token, logs }: Parts) {
  const now = () => clock.now().getTime();

  function authorize(user: User, target: Target, verb: string): void {
    const { resource, namespace, name, subresource } = target;
    const attempt = {
      verb,
      group: resource.group,
      resource: subresource ? `${resource.plural}/${subresource}` : resource.plural,
      // A namespace is its own place: rights within it count for it.
      namespace: namespace ?? (resource.kind === 'Namespace' ? name : undefined),
      name,
    };
    if (authorizer.may(user, attempt) === undefined)
      throw forbidden(resource, name ?? '', refusal(user, { ...attempt, namespace }));
  }

  function shaped(resource: Resource, object: KubeObject, exchange: Exchange): Json {
    const shape = shapeOf(exchange.req.headers.accept ?? '');
    if (shape === 'table')
      return table(
        resource,
        [object],
        now(),
        { resourceVersion: object.metadata.resourceVersion },
        { include: includeOf(exchange) },
      );
    return shape === 'partial' ? partial(object) : (object as Fields);
  }
  const includeOf = ({ url }: Exchange): Include => {
    const asked = url.searchParams.get('includeObject') ?? '';
    return includes.has(asked) ? (asked as Include) : 'Metadata';
  };

  function list({ resource, namespace }: Target, exchange: Exchange): Answer {
    const query = exchange.url.searchParams;
    const {
      objects: found,
      version,
      next,
      remaining,
    } = pages.page(
      () => ({
        objects: objects.list(resource, namespace, {
          label: query.get('labelSelector') ?? undefined,
          field: query.get('fieldSelector') ?? undefined,
        }),
        version: store.version(),
      }),
      Number(query.get('limit') ?? 0),
      query.get('continue'),
    );
    const selected = query.get('labelSelector') || query.get('fieldSelector');
    const metadata = {
      resourceVersion: String(version),
      ...(next ? { continue: next, ...(selected ? {} : { remainingItemCount: remaining ?? 0 }) } : {}),
    };
    const shape = shapeOf(exchange.req.headers.accept ?? '');
    if (shape === 'table')
      return { status: 200, body: table(resource, found, now(), metadata, { include: includeOf(exchange) }) };
    const items = shape === 'partial' ? found.map(partial) : (found as readonly Fields[]);
    const kind =
      shape === 'partial'
        ? { kind: 'PartialObjectMetadataList', apiVersion: 'meta.k8s.io/v1' }
        : { kind: `${resource.kind}List`, apiVersion: apiVersionOf(resource) };
    return { status: 200, body: { ...kind, metadata, items } };
  }

  function follow({ resource, namespace, name }: Target, exchange: Exchange): undefined {
    const query = exchange.url.searchParams;
    const shape = shapeOf(exchange.req.headers.accept ?? '');
    const version = Number(query.get('resourceVersion') ?? 0);
    if (!Number.isInteger(version))
      throw badRequest(`Invalid value: "${query.get('resourceVersion')}": strconv.ParseUint: invalid syntax`);
    streamWatch({
      ...exchange,
      store,
      clock,
      resource,
      options: {
        namespace,
        name,
        label: query.get('labelSelector') ?? undefined,
        field: query.get('fieldSelector') ?? undefined,
        version,
        initial: isTrue(query.get('sendInitialEvents')),
      },
      bookmarks: isTrue(query.get('allowWatchBookmarks')),
      seconds: Number(query.get('timeoutSeconds') ?? 1_800),
      shape: (object, first) =>
        shape === 'table'
          ? table(
              resource,
              object.metadata.name ? [object] : [],
              now(),
              object.metadata.name ? {} : (object.metadata as Fields),
              { include: includeOf(exchange), headed: first },
            )
          : shape === 'partial'
            ? partial(object)
            : (object as Fields),
    });
    return undefined;
  }

  function writeOf({ url, req }: Exchange, warnings: string[], subresource?: string): Write {
    const query = url.searchParams;
    const dryRun = query.getAll('dryRun');
    if (dryRun.some((one) => one !== 'All' && one !== ''))
      throw badRequest(`dryRun: Unsupported value: "${dryRun[0]}": supported values: "All"`);
    const validation = query.get('fieldValidation');
    return {
      manager: query.get('fieldManager') || (req.headers['user-agent'] ?? 'unknown').split('/', 1)[0] || 'unknown',
      dryRun: dryRun.includes('All'),
      subresource,
      force: isTrue(query.get('force')),
      validation: validation === 'Strict' || validation === 'Ignore' ? validation : 'Warn',
      warn: (text) => warnings.push(text),
    };
  }

  function patchType(req: IncomingMessage): PatchType {
    const type = patchTypes[(req.headers['content-type'] ?? '').split(';', 1)[0] ?? ''];
    if (!type) throw unsupportedMedia(Object.keys(patchTypes));
    return type;
  }

  function write(
    target: Target & { readonly name: string },
    verb: string,
    exchange: Exchange,
    warnings: string[],
  ): KubeObject | Fields {
    const { resource, namespace, name, subresource } = target;
    const how = writeOf(exchange, warnings, subresource);
    const { body = {} } = exchange;
    if (subresource === 'scale') {
      const live = objects.get(resource, namespace, name);
      const asked = verb === 'patch' ? patchedScale(scaleOf(resource, live), body, patchType(exchange.req)) : body;
      return scaleOf(resource, objects.update(resource, namespace, name, scaled(resource, live, asked), how));
    }
    if (subresource === 'finalize') return objects.update(resource, namespace, name, fieldsOf(body), how);
    if (verb === 'patch') {
      const type = patchType(exchange.req);
      if (type === 'apply' && !exchange.url.searchParams.get('fieldManager'))
        throw badRequest(
          'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch',
        );
      return objects.patch(resource, namespace, name, type, body, how);
    }
    return objects.update(resource, namespace, name, fieldsOf(body), how);
  }

  function remove({ resource, namespace, name }: Target, exchange: Exchange): Answer {
    const query = exchange.url.searchParams;
    const asked = fieldsOf(exchange.body);
    const propagation = textOf(asked.propagationPolicy) || query.get('propagationPolicy') || undefined;
    const grace = asked.gracePeriodSeconds ?? query.get('gracePeriodSeconds');
    const dryRun =
      query.getAll('dryRun').includes('All') || (Array.isArray(asked.dryRun) && asked.dryRun.includes('All'));
    const options: DeleteOptions = {
      propagation: propagation === 'Foreground' || propagation === 'Orphan' ? propagation : 'Background',
      ...(grace === null || grace === undefined ? {} : { grace: Number(grace) }),
      uid: textOf(at(asked, 'preconditions', 'uid')) || undefined,
      resourceVersion: textOf(at(asked, 'preconditions', 'resourceVersion')) || undefined,
      dryRun,
    };
    if (!name) {
      const found = objects.list(resource, namespace, {
        label: query.get('labelSelector') ?? undefined,
        field: query.get('fieldSelector') ?? undefined,
      });
      for (const one of found) objects.delete(resource, one.metadata.namespace, one.metadata.name, options);
      return { status: 200, body: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success' } };
    }
    const gone = objects.delete(resource, namespace, name, options);
    const still = store.get(resource, namespace, name);
    // What goes on being there for a while is sent back as it is now.
    if (still && !dryRun) return { status: 200, body: gone as Fields };
    const { group, plural } = resource;
    return {
      status: 200,
      body: {
        kind: 'Status',
        apiVersion: 'v1',
        metadata: {},
        status: 'Success',
        details: { name, ...(group ? { group } : {}), kind: plural, uid: gone.metadata.uid },
      },
    };
  }

  const acts = createActs({ store, registry, objects, clock, token, logs });

  return function handle(target: Target, exchange: Exchange): Answer | undefined {
    const { resource, namespace, name, subresource } = target;
    const method = exchange.req.method ?? 'GET';
    const verb = verbOf(method, target, exchange.url.searchParams);
    if (subresource && !resource.subresources.includes(subresource)) throw noSuchPath();
    authorize(exchange.user, target, verb);
    const warnings: string[] = [];
    if (subresource && name && acts[subresource]) return acts[subresource]({ ...target, name }, exchange);
    if (verb === 'watch') return follow(target, exchange);
    if (verb === 'list') {
      if (!resource.verbs.includes('list')) throw methodNotAllowed();
      return list(target, exchange);
    }
    if (verb === 'get' && name) {
      const found = objects.get(resource, namespace, name);
      return {
        status: 200,
        body: subresource === 'scale' ? scaleOf(resource, found) : shaped(resource, found, exchange),
      };
    }
    if (verb === 'create' && !name) {
      const body = fieldsOf(exchange.body);
      const answer = review(resource.kind, exchange.user, body, namespace);
      if (answer) return { status: 201, body: answer };
      const bodyNamespace = namespace ?? textOf(at(body, 'metadata', 'namespace'));
      if (resource.namespaced && !bodyNamespace) throw badRequest('an empty namespace may not be set during creation');
      const made = objects.create(
        resource,
        resource.namespaced ? bodyNamespace : undefined,
        body,
        writeOf(exchange, warnings),
      );
      return { status: 201, body: shaped(resource, made, exchange), warnings };
    }
    if ((verb === 'update' || verb === 'patch') && name) {
      const isNew = verb === 'patch' && !store.get(resource, namespace, name);
      const result = write({ ...target, name }, verb, exchange, warnings);
      return {
        status: isNew ? 201 : 200,
        body: subresource === 'scale' ? (result as Fields) : shaped(resource, result as KubeObject, exchange),
        warnings,
      };
    }
    if (verb === 'delete' || verb === 'deletecollection') return remove(target, exchange);
    if (!name) throw methodNotAllowed();
    throw notFound(resource, name);
  };
}

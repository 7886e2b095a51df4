import http, { type RequestOptions } from 'node:http';
import https from 'node:https';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { serve } from './ipc.ts';

/*
 * Loaded into a server before anything else (`node --import`): answers the bench about the process it is in, and leads
 * calls to Microsoft's fixed addresses to the bench's own server on loopback, since their names cannot be configured.
 */

const world = process.env.BENCH_WORLD;
if (world) {
  const hosts = new Set(['login.botframework.com', 'login.microsoftonline.com', 'smba.trafficmanager.net']);
  const { fetch } = globalThis;
  globalThis.fetch = (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input);
    return fetch(hosts.has(url.host) ? `${world}/${url.host}${url.pathname}${url.search}` : input, init);
  };
  // The library that gets Microsoft's tokens calls https.request with one object of options.
  const { request } = https;
  const { hostname, port } = new URL(world);
  const redirected = (options: RequestOptions, ...rest: never[]) =>
    hosts.has(options.hostname ?? options.host ?? '')
      ? http.request({
          ...options,
          path: `/${options.hostname ?? options.host}${options.path}`,
          protocol: 'http:',
          host: hostname,
          hostname,
          port,
          agent: undefined,
        })
      : request(options, ...rest);
  Object.assign(https, { request: redirected });
}

const gaps = monitorEventLoopDelay({ resolution: 1 });

serve({
  /** Milliseconds of CPU that the whole process has used, its threads included. */
  cpu: () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  },
  // Not by an option of Node: with that, nothing is found of what was compiled without it, and the compiler is loaded.
  collect: () => {
    setFlagsFromString('--expose-gc');
    const collect: NodeJS.GCFunction = runInNewContext('gc');
    collect();
  },
  'gaps.start': () => {
    gaps.reset();
    gaps.enable();
  },
  /** Milliseconds. A timer of one millisecond was looked at; what is over that is a gap. */
  'gaps.stop': () => {
    gaps.disable();
    return { longest: Math.max(0, gaps.max / 1e6 - 1), p99: Math.max(0, gaps.percentile(99) / 1e6 - 1) };
  },
});

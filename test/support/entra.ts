import http from 'node:http';
import https from 'node:https';

/*
 * Loaded before a process that gets tokens (NODE_OPTIONS): what it sends to https://login.microsoftonline.com is carried to
 * the port of this machine that ENTRA names.
 */

const carry = (options: https.RequestOptions) =>
  http.request({
    ...options,
    agent: false,
    protocol: 'http:',
    host: '127.0.0.1',
    hostname: '127.0.0.1',
    port: Number(process.env.ENTRA),
    headers: { ...options.headers, 'x-meant-for': String(options.hostname) } as http.OutgoingHttpHeaders,
  });
Object.assign(https, { request: carry });

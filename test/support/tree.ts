import { spawn } from 'node:child_process';
import { connect } from 'node:net';

// A process that tells its id over a socket, starts another like itself to some depth, and is deaf to SIGINT. It ends
// when the socket is told so.
const [port, depth] = process.argv.slice(2).map(Number) as [number, number];
process.on('SIGINT', () => {});
const socket = connect(port, '127.0.0.1', () => socket.write(`${JSON.stringify({ pid: process.pid, depth })}\n`));
socket.on('data', () => process.exit(0));
if (depth > 0) spawn(process.execPath, [import.meta.filename, String(port), String(depth - 1)], { stdio: 'inherit' });
setInterval(() => {}, 1e6);

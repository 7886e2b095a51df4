import { afterEach, beforeEach, expect, test } from 'vitest';
import { createSlackWorkspace, type SlackWorkspace } from '../../src/playground/slack/index.ts';
import { OPTIONS, TOKEN, virtualClock } from './slack-support.ts';

let workspace: SlackWorkspace;
let apiUrl: string;
beforeEach(async () => {
  workspace = createSlackWorkspace({ ...OPTIONS, clock: virtualClock() });
  ({ apiUrl } = await workspace.listen());
});
afterEach(() => workspace.close());

type Answer = { ok: boolean; error?: string; errors?: string[]; upload_url: string; file_id: string };
async function call(method: string, args: object): Promise<Answer> {
  const response = await fetch(apiUrl + method, {
    method: 'POST',
    headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
    body: JSON.stringify(args),
  });
  return (await response.json()) as Answer;
}
const png = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1, 2, 3]);
const announce = (length = png.length) => call('files.getUploadURLExternal', { filename: 'a.png', length });
const put = (url: string, body: Uint8Array<ArrayBuffer> | FormData) => fetch(url, { method: 'POST', body });
const complete = (id: string) => call('files.completeUploadExternal', { files: [{ id, title: 'A' }] });
const show = (file: object) =>
  call('chat.postMessage', {
    channel: 'C0TRIAGE',
    text: 'x',
    blocks: [{ type: 'image', alt_text: 'a', slack_file: file }],
  });
const invalid = {
  ok: false,
  error: 'invalid_blocks',
  errors: ['invalid slack file [json-pointer:/blocks/0/slack_file]'],
};

test.each(['bare bytes', 'a form'])('a picture sent as %s is shown by a message once it is completed', async (how) => {
  const { upload_url, file_id } = await announce();
  const form = new FormData();
  form.set('filename', new Blob([png]), 'a.png');
  expect(await show({ id: file_id })).toMatchObject(invalid);
  expect((await put(upload_url, how === 'a form' ? form : png)).status).toBe(200);
  expect(await show({ id: file_id })).toMatchObject(invalid);
  expect(await complete(file_id)).toMatchObject({ ok: true, files: [{ id: file_id, title: 'A' }] });
  expect(await show({ id: file_id })).toMatchObject({ ok: true });
  expect(workspace.files.get(file_id)?.bytes).toEqual(png);
});

test('an address takes one file, of the length that was announced', async () => {
  const { upload_url, file_id } = await announce(png.length + 1);
  expect((await put(upload_url, png)).status).toBe(400);
  expect(await complete(file_id)).toMatchObject({ ok: false, error: 'file_not_found' });
  const again = await announce();
  expect((await put(again.upload_url, png)).status).toBe(200);
  expect((await put(again.upload_url, png)).status).toBe(400);
});

test('what is no picture, nobody’s, or not looked at yet is not shown', async () => {
  const text = new TextEncoder().encode('not a picture');
  const { upload_url, file_id } = await announce(text.length);
  await put(upload_url, text);
  await complete(file_id);
  expect(await show({ id: file_id })).toMatchObject(invalid);
  expect(await show({ id: 'F0NOBODYS1' })).toMatchObject(invalid);
  expect((await show({ id: 'https://files.slack.com/x' })).error).toBe('invalid_blocks');
  expect((await show({ id: file_id, url: 'https://files.slack.com/x' })).error).toBe('invalid_blocks');
  const held = await announce();
  await put(held.upload_url, png);
  await complete(held.file_id);
  workspace.files.hold(true);
  expect(await show({ id: held.file_id })).toMatchObject(invalid);
  workspace.files.hold(false);
  expect(await show({ id: held.file_id })).toMatchObject({ ok: true });
});

test('an ephemeral message shows no file of the bot’s', async () => {
  const { upload_url, file_id } = await announce();
  await put(upload_url, png);
  await complete(file_id);
  const blocks = [{ type: 'image', alt_text: 'a', slack_file: { id: file_id } }];
  expect(await call('chat.postEphemeral', { channel: 'C0TRIAGE', user: 'U0ANN', text: 'x', blocks })).toMatchObject(
    invalid,
  );
});

test('uploading needs files:write', async () => {
  workspace.setScopes(['chat:write']);
  expect(await announce()).toMatchObject({ ok: false, error: 'missing_scope', needed: 'files:write' });
});

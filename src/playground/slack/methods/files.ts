import { z } from 'zod';
import { isObject, objects, stringAt } from '../json.ts';
import { count, json, type Method, method, Refusal, word } from '../method.ts';

/** Uploading in three steps; the bytes go to the address of the first (`server.ts`). */
export const FILES: { readonly [name: string]: Method } = {
  'files.getUploadURLExternal': method(
    {
      tier: 'tier4',
      scopes: ['files:write'],
      args: z.object({ filename: word, length: count, alt_text: z.string().max(1000).optional() }),
    },
    (args, context) => {
      if (!args.length) throw new Refusal('invalid_arguments');
      const file = context.files.announce(args.filename, args.length, args.alt_text);
      return { upload_url: `${context.origin()}/upload/v1/${file.ticket}`, file_id: file.id };
    },
  ),

  'files.completeUploadExternal': method(
    { tier: 'tier4', scopes: ['files:write'], args: z.object({ files: json, channel_id: word.optional() }) },
    (args, context) => {
      const given = Array.isArray(args.files) ? objects(args.files) : [];
      if (given.length === 0 || !given.every(isObject)) throw new Refusal('invalid_arguments');
      const done = given.map((each) => {
        const file = context.files.complete(stringAt(each, 'id') ?? '');
        if (!file) throw new Refusal('file_not_found');
        return { id: file.id, title: stringAt(each, 'title') ?? file.name };
      });
      return { files: done };
    },
  ),
};

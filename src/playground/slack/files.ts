import { newId } from './state.ts';

/** A file on its way or uploaded. The bot keeps it to itself until a message of its own shows it. */
export type SlackFile = {
  readonly id: string;
  readonly name: string;
  /** As many bytes as were announced. */
  readonly length: number;
  readonly altText: string | undefined;
  readonly ticket: string;
  readonly bytes?: Uint8Array | undefined;
  readonly complete?: true;
};

const signatures: readonly (readonly number[])[] = [
  [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a],
  [0xff, 0xd8, 0xff],
  [0x47, 0x49, 0x46, 0x38],
];
/** PNG, JPEG or GIF: what an image block takes. */
const isImage = (bytes: Uint8Array): boolean => signatures.some((s) => s.every((byte, i) => bytes[i] === byte));

export type Files = ReturnType<typeof createFiles>;

/** The workspace’s files: announced, uploaded, completed, and then looked at for a while before they may be shown. */
export function createFiles() {
  const files = new Map<string, SlackFile>();
  let held = false;

  return {
    announce(name: string, length: number, altText: string | undefined): SlackFile {
      const file = { id: newId('F'), name, length, altText, ticket: newId('', 24) };
      files.set(file.id, file);
      return file;
    },
    /** What arrives at the address of a ticket; false where there is none, or one that was used. */
    receive(ticket: string, bytes: Uint8Array): boolean {
      const file = [...files.values()].find((each) => each.ticket === ticket);
      if (!file || file.bytes || bytes.length !== file.length) return false;
      files.set(file.id, { ...file, bytes });
      return true;
    },
    complete(id: string): SlackFile | undefined {
      const file = files.get(id);
      if (!file?.bytes) return undefined;
      const done = { ...file, complete: true } as const;
      files.set(id, done);
      return done;
    },
    get: (id: string): SlackFile | undefined => files.get(id),
    /** While held, uploads stay unprocessed: messages that show them are refused. */
    hold(on: boolean): void {
      held = on;
    },
    /** Whether a message of the bot may show it now. */
    showable(id: string): boolean {
      const file = files.get(id);
      return !held && file?.complete === true && file.bytes !== undefined && isImage(file.bytes);
    },
    all: (): readonly SlackFile[] => [...files.values()],
  };
}

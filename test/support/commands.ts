import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Where a command is, if it is installed. */
export const commandOnPath = (name: string): string | undefined =>
  (process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });

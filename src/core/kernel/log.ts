/** The part of pino that is used. Fields never hold a token, an address to answer to, or what a person wrote. */
export interface Log {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

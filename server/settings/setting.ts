/** One setting: how its text in the environment is read, what it is when unset, and what it is for. */
import { z } from 'zod';

export interface Setting<T> {
  readonly schema: z.ZodType<T, string>;
  /** As it would be written in the environment; null means unset. */
  readonly fallback: string | null;
  readonly help: string;
  /** May also be given as NAME_FILE, a path to read it from. */
  readonly secret?: true;
}

export function setting<T>(
  schema: z.ZodType<T, string>,
  fallback: string | null,
  help: string,
  secret?: true,
): Setting<T> {
  return { schema, fallback, help, ...(secret ? { secret } : {}) };
}

/** A whole number that has a default. */
export function amount(least: number, most: number, fallback: number, help: string) {
  return { schema: integer(least, most), fallback: String(fallback), help } as const;
}

export const integer = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d+$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.number().min(min, `must be at least ${min}`).max(max, `must be at most ${max}`));

type Read<S> = S extends Setting<infer T> ? T : never;

/** What a table of settings is read as. Those with a default are never null. */
export type Values<Table extends Record<string, Setting<unknown>>> = {
  readonly [K in keyof Table]: Table[K]['fallback'] extends null ? Read<Table[K]> | null : Read<Table[K]>;
};

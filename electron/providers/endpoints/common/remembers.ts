import { z } from 'zod';
import { Failure } from '#shared/failure.ts';
import type { InstallPlan, Remembers } from '#shared/model/plan.ts';

/** Named texts; the description of each is what a person reads beside it. */
type Facts = z.ZodObject<Record<string, z.ZodType<string | null>>>;

/**
 * What adapters of one endpoint type remember in a plan: shown to a person, part of its fingerprint, parsed again
 * before use, because plans come back from the database.
 */
export class Remembered<S extends Facts> {
  readonly #by: string;
  readonly #version: number;
  readonly #schema: S;

  constructor(by: string, version: number, schema: S) {
    this.#by = by;
    this.#version = version;
    this.#schema = schema;
  }

  write(facts: z.infer<S>): Remembers {
    const values: Record<string, string | null> = this.#schema.parse(facts);
    const described = Object.entries(this.#schema.shape);
    return {
      by: this.#by,
      version: this.#version,
      facts: described.map(([name, { description = name }]) => ({
        name,
        label: description,
        value: values[name] ?? null,
      })),
    };
  }

  /** `plan.unreadable` when another type or version wrote it. */
  read({ remembers: { by, version, facts } }: InstallPlan): z.infer<S> {
    const parsed = this.#schema.safeParse(Object.fromEntries(facts.map(({ name, value }) => [name, value])));
    if (by === this.#by && version === this.#version && parsed.success) return parsed.data;
    throw new Failure('plan.unreadable', 'The plan was made by another version and cannot be carried out.', {
      hint: 'Make a new plan.',
      cause: parsed.error,
    });
  }
}

/** What every adapter that replaces files remembers. */
export const fileFacts = z.object({
  keepDir: z.string().describe('Copies and new keys are kept in'),
  keyName: z.string().describe('New keys are named after'),
  previousFingerprint: z.string().nullable().describe('Certificate before'),
});
export type FileFacts = z.infer<typeof fileFacts>;

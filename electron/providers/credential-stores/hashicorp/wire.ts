import { z } from 'zod';
import { type JsonAnswer, unexpectedAnswer } from '../common/over-http.ts';

/** Shapes of the Vault and OpenBao API, as far as we read them; the rest is let through. */

/** Nothing lives for longer than a hundred years, and no clock can count to the end of all numbers. */
const longestSeconds = 100 * 365 * 24 * 3600;
const seconds = z
  .number()
  .nonnegative()
  .transform((given) => Math.min(given, longestSeconds));

export const errorsBody = z.looseObject({ errors: z.array(z.string()).nullish() });

/** Of a login and of a renewal. */
export const authAnswer = z.looseObject({
  auth: z.looseObject({
    client_token: z.string().min(1),
    lease_duration: seconds,
    renewable: z.boolean().nullish(),
    token_type: z.string().nullish(),
    num_uses: z.number().nullish(),
  }),
  warnings: z.array(z.string()).nullish(),
});

/** `auth/token/lookup-self`. `ttl` 0 with no `expire_time`: the token never ends. */
export const tokenAnswer = z.looseObject({
  data: z.looseObject({
    ttl: seconds,
    creation_ttl: seconds.nullish(),
    /** RFC 3339. */
    expire_time: z.string().nullish(),
    num_uses: z.number().nullish(),
    renewable: z.boolean().nullish(),
    type: z.string().nullish(),
  }),
});

/** `sys/wrapping/lookup`. */
export const wrappingAnswer = z.looseObject({ data: z.looseObject({ creation_path: z.string().nullish() }) });

/** `sys/wrapping/unwrap` of what `auth/…/secret-id` answered. */
export const secretIdAnswer = z.looseObject({ data: z.looseObject({ secret_id: z.string().min(1) }) });

/** `sys/internal/ui/mounts/<path>`. */
export const mountAnswer = z.looseObject({
  data: z.looseObject({
    path: z.string().min(1),
    type: z.string(),
    options: z.looseObject({ version: z.union([z.string(), z.number()]).nullish() }).nullish(),
  }),
});

const record = z.record(z.string(), z.unknown());

export const kv1Answer = z.looseObject({ data: record });

/** Comes with status 404 and `data: null` for a version that was deleted or destroyed. */
export const kv2Answer = z.looseObject({
  data: z.looseObject({
    data: record.nullable(),
    metadata: z.looseObject({
      version: z.number(),
      created_time: z.string().nullish(),
      deletion_time: z.string().nullish(),
      destroyed: z.boolean().nullish(),
    }),
  }),
});

/** Reads an answer, or says which field was not as it should be: its place, not what was in it. */
export function readAs<T>(shape: z.ZodType<T>, answer: JsonAnswer, who: string): T {
  const read = shape.safeParse(answer.json);
  if (read.success) return read.data;
  const place = read.error.issues[0]?.path.join('.') ?? '';
  throw unexpectedAnswer(who, answer, place === '' ? undefined : `nothing usable in ${place}`);
}

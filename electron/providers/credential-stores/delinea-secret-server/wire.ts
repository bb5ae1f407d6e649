import { z } from 'zod';

/** A year: no clock can count to the end of all numbers. */
const longestSeconds = 365 * 24 * 3600;

/** Of both token addresses. A refresh token is passed over: it is good for few uses, and a login always works. */
export const grant = z.looseObject({
  access_token: z.string().min(1),
  token_type: z.string().regex(/^bearer$/i),
  /** Seconds. */
  expires_in: z.coerce
    .number()
    .positive()
    .transform((given) => Math.min(given, longestSeconds))
    .nullish(),
});

const item = z.looseObject({
  slug: z.string(),
  fieldName: z.string().nullish(),
  itemValue: z.string().nullish(),
  isPassword: z.boolean().nullish(),
  isFile: z.boolean().nullish(),
  fileAttachmentId: z.number().nullish(),
});
export type SecretItem = z.infer<typeof item>;

export const secret = z.looseObject({
  id: z.number().int(),
  name: z.string().nullish(),
  secretTemplateName: z.string().nullish(),
  active: z.boolean().nullish(),
  checkedOut: z.boolean().nullish(),
  checkOutEnabled: z.boolean().nullish(),
  checkOutMinutesRemaining: z.number().nullish(),
  lastHeartBeatStatus: z.string().nullish(),
  /** What the secret demands before it shows anything. */
  responseCodes: z.array(z.string()).nullish(),
  items: z.array(item).nullish(),
});
export type FoundSecret = z.infer<typeof secret>;

export const secretState = z.looseObject({ secretState: z.string() });

/** Token address: `error`, a code or a sentence. API: the rest. */
export const refusal = z.looseObject({
  error: z.string().nullish(),
  error_description: z.string().nullish(),
  message: z.string().nullish(),
  messageDetail: z.string().nullish(),
  errorCode: z.string().nullish(),
});

export const vaults = z.looseObject({
  vaults: z.array(
    z.looseObject({
      isDefault: z.boolean().nullish(),
      isActive: z.boolean().nullish(),
      connection: z.looseObject({ url: z.string() }).nullish(),
    }),
  ),
});

/** What a refusal said, in one line. */
export function wordsOf(json: unknown): string {
  const found = refusal.safeParse(json);
  if (!found.success) return '';
  const { error, error_description, message, messageDetail, errorCode } = found.data;
  return [errorCode, message, messageDetail, error, error_description]
    .filter((part) => part !== null && part !== undefined && part !== '')
    .join(' · ');
}

/** A message of NTLM that cannot be accepted; the sentence continues "… with …". Holds nothing secret. */
export class NtlmRefused extends Error {}

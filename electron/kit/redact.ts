const fieldNames =
  /("?(?:pass(?:word|phrase)?|secret|token|hmac|private_?key|ssh_key_password|store_password)"?\s*[:=]\s*)("[^"]*"|\S+)/gi;
const pemKey = /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(-----END [A-Z ]*PRIVATE KEY-----|$)/g;

/**
 * Removes what must not be printed: PEM private keys, values of fields named like secrets, and every live value
 * in `values` (ignored when shorter than 4 characters). For logs and for what a peer said.
 */
export function redact(text: string, values: Iterable<string> = []): string {
  let result = text.replace(pemKey, '[private key]').replace(fieldNames, '$1[secret]');
  for (const value of values) if (value.length >= 4) result = result.replaceAll(value, '[secret]');
  return result;
}

/** The last `limit` characters of what a program or peer said, redacted, on few lines. */
export function peerTail(text: string, values: Iterable<string> = [], limit = 400): string {
  const clean = redact(text, values).trim();
  return clean.length <= limit ? clean : `…${clean.slice(-limit)}`;
}

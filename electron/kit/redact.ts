const fieldNames =
  /("?(?:pass(?:word|phrase)?|secret|token|hmac|private_?key|ssh_key_password|store_password)"?\s*[:=]\s*)("[^"]*"|\S+)/gi;
const pemKey = /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(-----END [A-Z ]*PRIVATE KEY-----|$)/g;

const inAddress = /(\b[a-z][a-z0-9+.-]*:\/\/)[^\s/@:"]*:[^\s/@"]*@/gi;

/** Without what people paste into the wrong place: private keys, and passwords in addresses. For sentences that repeat. */
export function withoutPasted(text: string): string {
  return text.replace(pemKey, '[private key]').replace(inAddress, '$1[secret]@');
}

/**
 * Removes what must not be printed: PEM private keys, values of fields named like secrets, and every live value
 * in `values` (ignored when shorter than 4 characters). For logs and for what a peer said.
 */
export function redact(text: string, values: Iterable<string> = []): string {
  let result = text;
  // first: what goes by names ends at the next space, and would leave the rest of a value that has one
  for (const value of values)
    if (value.length >= 4) for (const guise of guisesOf(value)) result = result.replaceAll(guise, '[secret]');
  return withoutPasted(result).replace(fieldNames, '$1[secret]');
}

/** As a peer may repeat what it was sent: as it is, and as addresses, forms, JSON, HTML and headers write it. */
function guisesOf(value: string): Set<string> {
  const encoded = encodeURIComponent(value.toWellFormed());
  const html = value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return new Set([
    value,
    encoded,
    encoded.replaceAll('%20', '+'),
    JSON.stringify(value).slice(1, -1),
    html,
    html.replaceAll('"', '&quot;'),
    html.replaceAll('"', '&#34;').replaceAll("'", '&#39;'),
    Buffer.from(value, 'utf8').toString('base64'),
  ]);
}

/** The last `limit` characters of what a program or peer said, redacted, on few lines. */
export function peerTail(text: string, values: Iterable<string> = [], limit = 400): string {
  const clean = redact(text, values).trim();
  return clean.length <= limit ? clean : `…${clean.slice(-limit)}`;
}

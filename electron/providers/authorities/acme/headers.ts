/** Null for what is no address: whoever needs one says so. */
export function absolute(reference: string, base: string): string | null {
  return URL.canParse(reference, base) ? new URL(reference, base).href : null;
}

/** Nobody is to be waited for longer than this, whatever it asks for. */
const longestRetryAfterMs = 24 * 60 * 60_000;

/** Seconds or an HTTP date (RFC 9110 10.2.3), a day at most; null when there is none or it makes no sense. */
export function retryAfterMs(header: string | undefined, now: number): number | null {
  const text = header?.trim() ?? '';
  if (/^\d+$/.test(text)) return Math.min(Number(text) * 1000, longestRetryAfterMs);
  const at = Date.parse(text);
  return Number.isNaN(at) ? null : Math.min(Math.max(0, at - now), longestRetryAfterMs);
}

/** Addresses of one relation out of a Link header (RFC 8288). */
export function linksOf(header: string | undefined, relation: string, base: string): string[] {
  const found: string[] = [];
  for (const match of (header ?? '').matchAll(/<([^>]*)>((?:\s*;\s*[^,;="]+(?:=(?:"[^"]*"|[^,;]*))?)*)/g)) {
    const relations = /;\s*rel=(?:"([^"]*)"|([^,;\s]*))/i.exec(match[2] ?? '');
    const names = (relations?.[1] ?? relations?.[2] ?? '').toLowerCase().split(/\s+/);
    const link = absolute(match[1] ?? '', base);
    if (link !== null && names.includes(relation)) found.push(link);
  }
  return found;
}

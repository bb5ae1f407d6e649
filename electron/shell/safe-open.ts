/**
 * Web sites a link in the page may open in the person's browser. Adding one is a decision: keep it short.
 * @internal
 */
export const externalOrigins: ReadonlySet<string> = new Set([
  'https://letsencrypt.org',
  'https://www.rfc-editor.org',
]);

/** Whether the browser of the system may be asked to open the address: https, an origin of the list, no login in it. */
export function mayOpen(address: string, origins: ReadonlySet<string> = externalOrigins): boolean {
  const url = URL.parse(address);
  if (url === null || url.protocol !== 'https:') return false;
  return url.username === '' && url.password === '' && origins.has(url.origin);
}

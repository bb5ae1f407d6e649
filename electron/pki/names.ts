import { domainToASCII, domainToUnicode } from 'node:url';
import { Failure } from '#shared/failure.ts';
import { ipText } from './ip.ts';

/**
 * The names as they go into a certificate, in their order, each once: DNS names in lower case with A-labels,
 * IP addresses in their shortest form. Failure `names.invalid` names the first one that cannot be certified.
 */
export function normalizeNames(names: readonly string[]): string[] {
  if (names.length === 0) throw invalid('A certificate needs at least one name.');
  return [...new Set(names.map(normalizeName))];
}

/** Throws what `normalizeNames` would throw. */
export function checkNames(names: readonly string[]): void {
  normalizeNames(names);
}

function normalizeName(name: string): string {
  const text = name.trim();
  if (text === '') throw invalid('One of the names is empty.');
  const address = ipText(text);
  if (address !== null) return address;
  const wildcard = text.startsWith('*.');
  const host = asciiHost(wildcard ? text.slice(2) : text);
  const reason = host === null ? 'it is not a host name' : faultOf(host, wildcard);
  if (reason !== null) throw invalid(`The name "${shown(text)}" cannot be in a certificate: ${reason}.`);
  return `${wildcard ? '*.' : ''}${host}`;
}

/** Lower case, A-labels, without the dot of the DNS root. Null when there is no such name. */
function asciiHost(text: string): string | null {
  const host = (text.endsWith('.') ? text.slice(0, -1) : text).toLowerCase();
  const plain = [...host].every((character) => character > ' ' && character < '\u007f');
  if (plain) return host.includes('xn--') && !isDecodable(host) ? null : host;
  const ascii = /[\s/:@?#[\]%\\]/.test(host) ? '' : domainToASCII(host);
  return ascii === '' ? null : ascii;
}

/** Whether all A-labels of a name mean something: what cannot be decoded stays as it is. */
function isDecodable(host: string): boolean {
  const unicode = domainToUnicode(host);
  return !unicode.split('.').some((label) => label.startsWith('xn--')) && domainToASCII(unicode) === host;
}

/** What is wrong with a host name in lower-case ASCII; null: nothing. */
function faultOf(host: string, wildcard: boolean): string | null {
  const labels = host.split('.');
  if (host.includes('*')) return 'a wildcard can only be the whole leftmost label';
  if (host.length + (wildcard ? 2 : 0) > 253) return 'it is longer than 253 characters';
  for (const label of labels) {
    if (label === '') return 'it has an empty label';
    if (label.length > 63) return 'it has a label longer than 63 characters';
    if (!/^[a-z0-9-]+$/.test(label)) return 'labels can contain only letters, digits and hyphens';
    if (label.startsWith('-') || label.endsWith('-')) return 'a label cannot start or end with a hyphen';
  }
  if (/^(\d+|0x[0-9a-f]*)$/.test(labels.at(-1) ?? '')) return 'it looks like an IP address but is not one';
  if (wildcard && labels.length < 2)
    return 'clients do not accept a wildcard directly below a top-level domain';
  return null;
}

function shown(text: string): string {
  return text.length <= 80 ? text : `${text.slice(0, 79)}…`;
}

function invalid(sentence: string): Failure {
  return new Failure('names.invalid', sentence, {
    hint: 'Use host names such as www.example.org, wildcards such as *.example.org, or IP addresses.',
  });
}

/**
 * Whether a certificate with these names is good for `wanted` (RFC 6125, RFC 9525): DNS names whatever their case, a
 * wildcard for exactly one leftmost label, IP addresses only by an equal IP address. A wanted wildcard needs the same
 * wildcard. Never throws.
 */
export function namesCover(certificateNames: readonly string[], wanted: string): boolean {
  const address = ipText(wanted.trim());
  if (address !== null) return certificateNames.some((name) => ipText(name) === address);
  const host = comparable(wanted);
  if (host === null || host === '') return false;
  const dot = host.indexOf('.');
  const parent = dot > 0 ? host.slice(dot + 1) : '';
  const wildcard = parent.includes('.') && !host.startsWith('*.') ? `*.${parent}` : null;
  return certificateNames.some((name) => {
    const own = comparable(name);
    return own !== null && (own === host || own === wildcard);
  });
}

function comparable(name: string): string | null {
  const text = name.trim();
  if (ipText(text) !== null) return null;
  if (!text.startsWith('*.')) return asciiHost(text);
  const host = asciiHost(text.slice(2));
  return host === null ? null : `*.${host}`;
}

import type { CertificateFacts } from '#shared/model/certificate.ts';
import type { HealthLevel } from '#shared/model/overview.ts';
import { en } from '../text/en.ts';

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

const locale = 'en-GB';
const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
const dateAndTime = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'medium' });
const dateOnly = new Intl.DateTimeFormat(locale, { dateStyle: 'medium' });

/** `in 12 days`, `3 minutes ago`; the largest unit that fits. */
export function relativeTime(at: number, now: number): string {
  const away = at - now;
  const size = Math.abs(away);
  if (size < 45 * second) return away > 0 ? en.time.soon : en.time.justNow;
  if (size < 59.5 * minute) return relative.format(Math.round(away / minute), 'minute');
  if (size < 23.5 * hour) return relative.format(Math.round(away / hour), 'hour');
  if (size < 60 * day) return relative.format(Math.round(away / day), 'day');
  if (size < 700 * day) return relative.format(Math.round(away / (30.44 * day)), 'month');
  return relative.format(Math.round(away / (365.25 * day)), 'year');
}

export function absoluteTime(at: number): string {
  return dateAndTime.format(at);
}

export function dateOf(at: number): string {
  return dateOnly.format(at);
}

/** `20 ms`, `0.4 s`, `12 s`, `3 min 5 s`, `2 h 10 min`. */
export function duration(milliseconds: number): string {
  if (milliseconds < 95) return `${Math.round(milliseconds)} ms`;
  if (milliseconds < 10 * second) return `${(milliseconds / second).toFixed(1)} s`;
  if (milliseconds < minute) return `${Math.round(milliseconds / second)} s`;
  if (milliseconds < hour) return joined(milliseconds, minute, 'min', second, 's');
  if (milliseconds < day) return joined(milliseconds, hour, 'h', minute, 'min');
  return joined(milliseconds, day, 'd', hour, 'h');
}

function joined(size: number, big: number, bigName: string, small: number, smallName: string): string {
  const whole = Math.floor(size / big);
  const rest = Math.floor((size - whole * big) / small);
  return rest === 0 ? `${whole} ${bigName}` : `${whole} ${bigName} ${rest} ${smallName}`;
}

/** A bar of colour for the life that is left: short certificates are judged by their own length. */
export function expiryLevel(
  certificate: Pick<CertificateFacts, 'notBefore' | 'notAfter'>,
  now: number,
): HealthLevel {
  const left = certificate.notAfter - now;
  const life = certificate.notAfter - certificate.notBefore;
  if (left <= Math.min(7 * day, life / 5)) return 'danger';
  if (left <= Math.min(30 * day, life / 3)) return 'attention';
  return 'ok';
}

/** `CN=R11, O=Let's Encrypt, C=US` → `R11 (Let's Encrypt)`; what has neither CN nor O stays as it is. */
export function nameOf(distinguishedName: string): string {
  const parts = attributes(distinguishedName);
  const common = parts.get('CN');
  const organization = parts.get('O');
  if (common === undefined) return organization ?? distinguishedName;
  return organization === undefined || common.includes(organization) ? common : `${common} (${organization})`;
}

function attributes(distinguishedName: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const part of distinguishedName.split(/(?<!\\)[,\n+](?=\s*[A-Za-z0-9.]+=)/)) {
    const [name, ...value] = part.trim().split('=');
    if (name && !found.has(name.toUpperCase()))
      found.set(name.toUpperCase(), value.join('=').replace(/\\(.)/g, '$1'));
  }
  return found;
}

export function shortHash(hash: string): string {
  return hash.length <= 20 ? hash : `${hash.slice(0, 8)}…${hash.slice(-8)}`;
}

/** `443` or `443, 8443`: each once, in order. */
export function distinct<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}

import { z } from 'zod';
import { Failure } from '../failure.ts';
import type { Flat } from './field.ts';

/** Reading a form or a row of flags that fits the contract, on the way to settings. */

/** The text of a field, or null when it is left out. */
export function text(flat: Flat, name: string): string | null {
  const value = flat[name];
  return typeof value === 'string' ? value : null;
}

export function number(flat: Flat, name: string, otherwise: number): number {
  const value = flat[name];
  return typeof value === 'number' ? value : otherwise;
}

export function yes(flat: Flat, name: string, otherwise: boolean): boolean {
  const value = flat[name];
  return typeof value === 'boolean' ? value : otherwise;
}

/** Without empty ones and without spaces at their ends. */
export function lines(flat: Flat, name: string): string[] {
  const value = flat[name];
  return Array.isArray(value) ? value.map((line) => line.trim()).filter((line) => line !== '') : [];
}

/** Certificates of a private CA, as text. Throws `input.invalid` for anything else. */
export function trustedRoots(pem: string | null): string | null {
  if (pem === null || pem.includes('-----BEGIN CERTIFICATE-----')) return pem;
  throw invalid(
    'Trusted roots must be certificates in PEM form.',
    'Give the file with --trusted_roots-file PATH.',
  );
}

/** Absolute as POSIX or Windows has it: which of them the path is for is known only where it is used. */
const absolute = /^(?:[/\\]|[A-Za-z]:[/\\])/;

/** Throws `input.invalid`, naming `label`, for a path that is relative. Null is left alone. */
export function checkAbsolute(label: string, path: string | null): void {
  if (path === null || absolute.test(path)) return;
  throw invalid(`${label} must be an absolute path, not "${path}".`, 'Write the whole path.');
}

const ipAddress = z.union([z.ipv4(), z.ipv6()]);

/** Where the agent listens; null: at all of its IPv4 addresses. Whether this machine has the address shows only then. */
export function ownAddress(label: string, address: string | null): string {
  if (address === null) return '0.0.0.0';
  if (address === 'localhost' || ipAddress.safeParse(address).success) return address;
  throw invalid(
    `${label} must be an IP address of this machine, not "${address}".`,
    'For all of its IPv4 addresses: 0.0.0.0. For all of its addresses: ::',
  );
}

/** `input.invalid`, which a person puts right by asking for something else. */
export function invalid(sentence: string, hint?: string): Failure {
  return new Failure('input.invalid', sentence, { hint, retry: 'never' });
}

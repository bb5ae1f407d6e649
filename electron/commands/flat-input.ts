import type { Descriptor } from '#shared/catalog/descriptor.ts';
import type { Field, Flat } from '#shared/catalog/field.ts';
import { invalid, text } from '#shared/catalog/flat.ts';

/** The default the catalog shows to people is the one that is used. */
export function withDefaults(descriptor: Descriptor, flat: Flat): Flat {
  const result: Flat = { ...flat };
  for (const field of descriptor.fields) {
    if (result[field.name] === undefined && field.default !== undefined && asked(field, result)) {
      result[field.name] = field.default;
    }
  }
  return result;
}

/** Refuses what the catalog would not have asked: a host for a local connection is somebody's mistake. */
export function checkAsked(descriptor: Descriptor, flat: Flat): void {
  for (const field of descriptor.fields) {
    if (flat[field.name] === undefined || asked(field, flat) || field.when === undefined) continue;
    const deciding = descriptor.fields.find((other) => other.name === field.when?.field);
    const chosen = String(flat[field.when.field]);
    throw invalid(
      `${field.label} is not used with ${deciding?.label.toLowerCase() ?? field.when.field} ${chosen}.`,
      `Remove it, or choose ${field.when.field} ${field.when.is.join(' or ')}.`,
    );
  }
}

function asked(field: Field, flat: Flat): boolean {
  if (field.when === undefined) return true;
  return field.when.is.includes(String(flat[field.when.field]));
}

/**
 * What is not named stays, `null` clears. Unknown names are refused; the values are checked by the contract's own
 * schema afterwards.
 */
export function merged(descriptor: Descriptor, present: Flat, changes: Record<string, unknown>): Flat {
  const result: Record<string, unknown> = { ...present };
  for (const [name, value] of Object.entries(changes)) {
    const field = descriptor.fields.find((candidate) => candidate.name === name);
    if (field === undefined) {
      throw invalid(`There is no option "${name}" for ${descriptor.label}.`, 'Remove it.');
    }
    if (value === null) {
      if (field.required) throw invalid(`${field.label} cannot be cleared.`, 'Give it another value.');
      delete result[name];
    } else result[name] = value;
  }
  return result as Flat;
}

/** Another choice makes what only the old one asked for meaningless; only what is named now must fit. */
export function dropUnasked(descriptor: Descriptor, wanted: Flat, changes: Record<string, unknown>): void {
  for (const field of descriptor.fields) {
    if (field.when === undefined || !(field.when.field in changes) || field.name in changes) continue;
    if (!asked(field, wanted)) delete wanted[field.name];
  }
}

/** What an update was asked for, for the audit: names only. */
export function listed(changes: Record<string, unknown>): string {
  return Object.keys(changes).sort().join(', ') || 'nothing';
}

/** Refuses what is no http or https address, and one with more in it than host and path: it is shown and logged. */
export function checkAddresses({ fields }: Descriptor, flat: Flat): void {
  for (const { name, label, address } of fields) {
    if (address !== true) continue;
    const given = text(flat, name) ?? '';
    const url = URL.canParse(given) ? new URL(given) : null;
    if (url === null || !['http:', 'https:'].includes(url.protocol) || url.hostname === '') {
      throw invalid(
        `${label} must be an http or https address.`,
        'For example https://vault.example.org:8200.',
      );
    }
    if (url.username !== '' || url.password !== '') {
      throw invalid(
        `${label} must not contain a user name or password.`,
        'Use the options for the login instead.',
      );
    }
  }
}

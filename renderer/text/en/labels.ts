import type { Descriptor } from '#shared/catalog/descriptor.ts';

/** What can be added of a family, in the order of its table: `nginx, PEM file`. */
export function labelsOf(catalog: Readonly<Record<string, Descriptor>>): string {
  return Object.values(catalog)
    .map(({ label }) => label)
    .join(', ');
}

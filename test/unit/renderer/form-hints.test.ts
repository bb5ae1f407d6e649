import { expect, it } from 'vitest';
import { authorityCatalog } from '#shared/catalog/authorities/index.ts';
import { autoupdateCatalog } from '#shared/catalog/autoupdate.ts';
import { credentialDescriptor } from '#shared/catalog/credential-stores/credential.ts';
import { credentialStoreCatalog } from '#shared/catalog/credential-stores/index.ts';
import type { Descriptor } from '#shared/catalog/descriptor.ts';
import { endpointCatalog } from '#shared/catalog/endpoints/index.ts';
import { proxyCatalog } from '#shared/catalog/proxy.ts';
import { settingsCatalog } from '#shared/catalog/settings.ts';
import { hintOf } from '../../../renderer/parts/descriptor-form/values.ts';
import { en } from '../../../renderer/text/en.ts';

const catalogs: Descriptor[] = [
  ...Object.values(endpointCatalog),
  ...Object.values(authorityCatalog),
  ...Object.values(credentialStoreCatalog),
  ...[credentialDescriptor, proxyCatalog, autoupdateCatalog, settingsCatalog],
];
const fields = catalogs.flatMap((one) => one.fields.map((field) => ({ of: one.id, field })));
const said = fields.map(({ of, field }) => [`${of} ${field.name}`, hintOf(field), field] as const);

it('There are forms to read', () => expect(fields.length).toBeGreaterThan(60));

it.each(said)('The hint of %s speaks to who fills in a form', (_, hint, field) => {
  expect(hint).not.toMatch(/--|\d+ to \d+ characters|"accept"|\bflag\b|\boption\b/);
  expect(hint).not.toMatch(/\b[a-z]+_[a-z_]+\b(?<!db_pass)/);
  const shown = (id: string) => field.labels?.[id] ?? (en.choices as Record<string, string>)[id] ?? id;
  for (const id of field.choices ?? []) {
    // an id that the form shows in other words is for scripts alone
    if (shown(id) !== id && /[-A-Z]|^(ssh|local)$/.test(id)) expect(hint.split(/[\s,.:]+/)).not.toContain(id);
  }
});

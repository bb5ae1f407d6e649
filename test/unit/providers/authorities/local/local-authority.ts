import { silentLog } from '#kit/log.ts';
import type { LocalSettings } from '#shared/catalog/authorities/local.ts';
import { type MadeState, makeState } from '#test/make/authority-state.ts';
import { makeKey } from '#test/make/certificates.ts';
import { buildCsr } from '../../../../../electron/pki/csr.ts';
import { signWithKeyPem } from '../../../../../electron/pki/key.ts';
import type {
  OrderHandle,
  OrderRequest,
  OrderTools,
} from '../../../../../electron/providers/authorities/authority.ts';
import { makeLocalAuthority } from '../../../../../electron/providers/authorities/local/local.ts';
import { Secret } from '../../../../../electron/secrets/secret.ts';

export const start = Date.UTC(2026, 5, 1, 12);
export const day = 86_400_000;

export function setUp(changes: Partial<LocalSettings> = {}, state: MadeState = makeState()) {
  const time = { now: start };
  const clock = {
    now: () => time.now,
    monotonic: () => time.now,
    after: () => ({ cancel: () => {} }),
    sleep: async () => {},
  };
  const settings: LocalSettings = {
    ...{ kind: 'local', commonName: 'Test local root', leafDays: 90, permittedNames: [] },
    ...changes,
  };
  const remembered: OrderHandle[] = [];
  const tools: OrderTools = {
    webRoot: null,
    remember: (handle) => void remembered.push(handle),
    signal: new AbortController().signal,
  };
  const authority = makeLocalAuthority({ settings, state, clock, log: silentLog });
  return { authority, state, time, tools, remembered };
}

export async function orderOf(
  names: string[],
  changes: Partial<OrderRequest> = {},
  made = makeKey(),
): Promise<OrderRequest> {
  const { keyPem, spki, keyType } = made;
  const sign = async (data: Buffer) => signWithKeyPem(Secret.of(keyPem), keyType, data);
  const csr = await buildCsr({ names, spki, keyType, sign });
  return {
    ...{ orderId: 'ord_1', csr, names, terms: { profile: null, days: null }, replacesPem: null },
    ...changes,
  };
}

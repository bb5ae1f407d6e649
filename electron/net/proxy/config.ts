import type { ProxySettings } from '#shared/model/proxy.ts';
import type { Secret } from '../../secrets/secret.ts';

/** The outbound connection at this moment. Another object means that something changed. */
export interface ProxyConfig {
  settings: ProxySettings;
  /** Opened at the moment of use; null: none. May throw `keychain.*`. The caller wipes. */
  password(): Secret | null;
}

import type { AuthoritySettings, ValidationSettings } from '../../model/authority.ts';
import type { Flat } from '../field.ts';

/** Settings by the names of the catalog's fields, so that an update keeps what it does not name. Holds no secret. */
export function flatAuthority(settings: AuthoritySettings): Flat {
  switch (settings.kind) {
    case 'local':
      return {
        common_name: settings.commonName,
        leaf_days: settings.leafDays,
        permitted_names: settings.permittedNames,
      };
    case 'acme':
      return {
        directory_url: settings.directoryUrl,
        contact: settings.contact,
        eab_key_id: settings.eabKeyId ?? undefined,
        agree_to_terms: settings.termsAgreed,
        trusted_roots: settings.trustedRootsPem ?? undefined,
        profile: settings.profile ?? undefined,
        ...flatValidation(settings.validation),
      };
    default:
      return settings satisfies never;
  }
}

function flatValidation(validation: ValidationSettings): Flat {
  switch (validation.method) {
    case 'http-01-agent':
      return {
        validation: validation.method,
        responder_address: validation.address,
        responder_port: validation.port,
      };
    case 'http-01-web-root':
      return { validation: validation.method, web_root: validation.webRoot ?? undefined };
    case 'dns-01-script':
      return {
        validation: validation.method,
        dns_add_script: validation.addScript,
        dns_remove_script: validation.removeScript,
        dns_timeout_seconds: validation.timeoutSeconds,
        dns_propagation_seconds: validation.propagationSeconds,
      };
    default:
      return validation satisfies never;
  }
}

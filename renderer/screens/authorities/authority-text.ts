import type { Authority, AuthoritySettings } from '#shared/model/authority.ts';
import { en } from '../../text/en.ts';

/** What tells this authority from others of its kind. */
export function authorityPlace(authority: Authority): string {
  const { settings } = authority;
  return settings.kind === 'acme' ? settings.directoryUrl : settings.commonName;
}

/** What the form of an authority starts with, by the names of its catalog fields. */
export function authorityValues(authority: Authority): Record<string, unknown> {
  return { name: authority.name, is_default: authority.isDefault, ...settingValues(authority.settings) };
}

function settingValues(settings: AuthoritySettings): Record<string, unknown> {
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
        eab_key_id: settings.eabKeyId ?? '',
        agree_to_terms: settings.termsAgreed,
        trusted_roots: settings.trustedRootsPem ?? '',
        profile: settings.profile ?? '',
        validation: settings.validation.method,
        ...validationValues(settings.validation),
      };
    default:
      return settings satisfies never;
  }
}

type Validation = Extract<AuthoritySettings, { kind: 'acme' }>['validation'];

function validationValues(validation: Validation): Record<string, unknown> {
  switch (validation.method) {
    case 'http-01-agent':
      return { responder_address: validation.address, responder_port: validation.port };
    case 'http-01-web-root':
      return { web_root: validation.webRoot ?? '' };
    case 'dns-01-script':
      return {
        dns_add_script: validation.addScript,
        dns_remove_script: validation.removeScript,
        dns_timeout_seconds: validation.timeoutSeconds,
        dns_propagation_seconds: validation.propagationSeconds,
      };
    default:
      return validation satisfies never;
  }
}

export function validationText(authority: Authority): string | null {
  return authority.settings.kind === 'acme' ? en.choices[authority.settings.validation.method] : null;
}

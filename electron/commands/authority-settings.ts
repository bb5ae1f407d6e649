import { never } from '#kit/never.ts';
import { authorityCatalog } from '#shared/catalog/authorities/index.ts';
import type { Flat } from '#shared/catalog/field.ts';
import { checkAbsolute, invalid, lines, number, text, trustedRoots, yes } from '#shared/catalog/flat.ts';
import { Failure } from '#shared/failure.ts';
import type {
  AcmeSettings,
  AuthorityKind,
  AuthoritySettings,
  LocalSettings,
  ValidationSettings,
} from '#shared/model/authority.ts';
import { authoritySettings } from '#shared/model/authority.ts';
import { checkAsked, withDefaults } from './flat-input.ts';

/** Flat input, already fitting the contract, as the settings that are stored. */
export function settingsOf(kind: AuthorityKind, input: Flat): AuthoritySettings {
  const flat = withDefaults(authorityCatalog[kind], input);
  checkAsked(authorityCatalog[kind], flat);
  switch (kind) {
    case 'local':
      return localOf(flat);
    case 'acme':
      return acmeOf(flat);
    default:
      return never(kind);
  }
}

function localOf(flat: Flat): LocalSettings {
  return {
    kind: 'local',
    commonName: text(flat, 'common_name') ?? 'Trustkeep local root',
    leafDays: number(flat, 'leaf_days', 90),
    permittedNames: lines(flat, 'permitted_names'),
  };
}

function acmeOf(flat: Flat): AcmeSettings {
  if (!yes(flat, 'agree_to_terms', false)) {
    throw new Failure('authority.terms-not-agreed', 'The terms of service of the CA were not agreed to.', {
      hint: 'Read them, then agree with --agree_to_terms true.',
    });
  }
  const settings: AcmeSettings = {
    kind: 'acme',
    directoryUrl: text(flat, 'directory_url') ?? '',
    contact: lines(flat, 'contact').map((line) => (line.includes(':') ? line : `mailto:${line}`)),
    eabKeyId: text(flat, 'eab_key_id'),
    trustedRootsPem: trustedRoots(text(flat, 'trusted_roots')),
    profile: text(flat, 'profile'),
    termsAgreed: true,
    validation: validationOf(flat),
  };
  if (authoritySettings.safeParse(settings).success) return settings;
  throw invalid(`The directory URL must be an https address, not "${settings.directoryUrl}".`);
}

function validationOf(flat: Flat): ValidationSettings {
  const method = text(flat, 'validation');
  if (method === 'http-01-agent') {
    return {
      method,
      address: text(flat, 'responder_address') ?? '0.0.0.0',
      port: number(flat, 'responder_port', 80),
    };
  }
  if (method === 'dns-01-script') {
    const addScript = script(flat, 'dns_add_script', 'DNS add script');
    const removeScript = script(flat, 'dns_remove_script', 'DNS remove script');
    return {
      method,
      addScript,
      removeScript,
      timeoutSeconds: number(flat, 'dns_timeout_seconds', 60),
      propagationSeconds: number(flat, 'dns_propagation_seconds', 30),
    };
  }
  const webRoot = text(flat, 'web_root');
  checkAbsolute('Web root', webRoot);
  return { method: 'http-01-web-root', webRoot };
}

function script(flat: Flat, name: string, label: string): string {
  const path = text(flat, name);
  if (path === null) throw invalid(`${label} is required for the validation dns-01-script.`);
  checkAbsolute(label, path);
  return path;
}

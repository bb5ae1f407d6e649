import type { Field } from '#shared/catalog/field.ts';
import { proxyCatalog } from '#shared/catalog/proxy.ts';
import type { ProxyInput } from '#shared/contract/proxy.ts';
import type { ProxyState } from '#shared/model/proxy.ts';
import { type FormValues, readForm, startValues } from '../../parts/descriptor-form/values.ts';
import { en } from '../../text/en.ts';

/** Which outbound connection: a question of the form only; the flags of the catalog follow from it. */
export const modeField = 'mode';
const proxyModes = ['none', 'manual', 'pac'] as const;
type ProxyMode = (typeof proxyModes)[number];

const through = { field: modeField, is: ['manual', 'pac'] };
const asked: Readonly<Record<string, Partial<Field>>> = {
  pacurl: { when: { field: modeField, is: ['pac'] }, required: true },
  host: { when: { field: modeField, is: ['manual'] }, required: true },
  port: { when: { field: modeField, is: ['manual'] }, required: true },
  tls: { when: { field: modeField, is: ['manual'] } },
  socks5: { when: { field: modeField, is: ['manual'] } },
  user: { when: through },
  password: { when: through },
  domain: { when: through },
  bypass: { when: through },
};

/** What does not go with SOCKS 5: its login is neither NTLM nor under TLS. */
const withoutSocks = ['tls', 'domain'];

function speaksSocks(values: FormValues): boolean {
  return modeOf(values) === 'manual' && values.socks5 === true;
}

/** The questions, with what becomes of the password in the help of its own. */
export function proxyFields(state: ProxyState, values: FormValues): Field[] {
  const mode: Field = {
    name: modeField,
    label: en.proxy.mode,
    help: en.proxy.modeMeanings[modeOf(values)],
    kind: 'choice',
    choices: proxyModes,
    default: 'none',
  };
  const lost = state.hasPassword && !keepsPassword(state, values) && String(values.user ?? '').trim() !== '';
  const hidden = speaksSocks(values) ? withoutSocks : [];
  return [
    mode,
    ...proxyCatalog.fields
      .filter(({ name }) => !hidden.includes(name))
      .map((field) => ({
        ...field,
        ...asked[field.name],
        ...(field.name === 'password' && lost ? { help: en.proxy.passwordLost } : {}),
      })),
  ];
}

function modeOf(values: FormValues): ProxyMode {
  return proxyModes.find((mode) => mode === values[modeField]) ?? 'none';
}

export function startProxy({ route, bypass }: ProxyState): FormValues {
  const login = route.mode === 'none' ? {} : { user: route.user ?? '', domain: route.domain ?? '' };
  const place =
    route.mode === 'manual'
      ? { host: route.host, port: route.port, tls: route.tls === true, socks5: route.socks5 === true }
      : route.mode === 'pac'
        ? { pacurl: route.pacUrl }
        : {};
  return {
    ...startValues(proxyCatalog.fields, { ...login, ...place, bypass }),
    [modeField]: route.mode,
  };
}

/** The agent keeps the password for the same user at the same place only. */
export function keepsPassword({ route, hasPassword }: ProxyState, values: FormValues): boolean {
  if (!hasPassword || route.mode === 'none' || route.mode !== modeOf(values)) return false;
  const typed = (name: string): string => String(values[name] ?? '').trim();
  if (typed('user') !== (route.user ?? '')) return false;
  return route.mode === 'pac'
    ? typed('pacurl') === route.pacUrl
    : typed('host').toLowerCase() === route.host.toLowerCase() &&
        typed('port') === String(route.port) &&
        (values.tls === true) === (route.tls === true) &&
        (values.socks5 === true) === (route.socks5 === true);
}

/** What is sent: the whole setting, for it replaces the one there is. */
export function readProxy(
  state: ProxyState,
  values: FormValues,
): { input: ProxyInput; problems: Record<string, string> } {
  const { input, problems } = readForm(proxyFields(state, values), values);
  const { [modeField]: _mode, tls, socks5, ...rest } = input;
  const flags = { ...rest, ...(tls === true ? { tls } : {}), ...(socks5 === true ? { socks5 } : {}) };
  // an emptied list is a list too: left out, the one there is would stay
  const emptied = modeOf(values) !== 'none' && !('bypass' in flags) && state.bypass.length > 0;
  const sent = emptied ? { ...flags, bypass: [] } : flags;
  return { input: sent as ProxyInput, problems: { ...problems, ...loginProblems(state, values) } };
}

function loginProblems(state: ProxyState, values: FormValues): Record<string, string> {
  if (modeOf(values) === 'none') return {};
  const has = (name: string): boolean => typeof values[name] === 'string' && values[name].trim() !== '';
  if (has('user'))
    return has('password') || keepsPassword(state, values) ? {} : { password: en.proxy.passwordNeeded };
  return Object.fromEntries(
    (speaksSocks(values) ? ['password'] : ['password', 'domain'])
      .filter(has)
      .map((name) => [
        name,
        en.proxy.strayLogin(proxyCatalog.fields.find((field) => field.name === name)?.label ?? name),
      ]),
  );
}

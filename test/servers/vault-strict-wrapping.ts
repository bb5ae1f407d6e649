import { randomUUID } from 'node:crypto';
import {
  fields,
  mustBe,
  noToken,
  type Routes,
  type StrictAnswer,
  type StrictCall,
  tokenOf,
  VaultRefusal,
} from './vault-strict-call.ts';

export function wrappingRoute(routes: Routes, call: StrictCall): { answer: Record<string, unknown> } {
  mustBe(call, 'POST');
  const { state } = routes;
  const inBody = call.body === null ? null : String(fields(routes, call, { token: 'string!' }).token);
  const invalid = new VaultRefusal(400, ['wrapping token is not valid or does not exist']);
  if (call.path === 'sys/wrapping/lookup') {
    noToken(routes, call);
    const known = state.wrapped.get(inBody ?? call.token ?? '');
    if (known === undefined || known.used || known.endsAt <= state.now()) throw invalid;
    const { creationPath, createdAt, ttl } = known;
    const creation = new Date(createdAt).toISOString();
    return {
      answer: envelope({ data: { creation_path: creationPath, creation_time: creation, creation_ttl: ttl } }),
    };
  }
  if (inBody !== null && call.token === inBody) {
    const known = state.wrapped.get(inBody);
    if (known !== undefined) known.used = true;
    state.incidents.push('a wrapping token stood in the header and in the body: it is revoked');
    throw invalid;
  }
  if (inBody !== null) tokenOf(routes, call);
  const known = state.wrapped.get(inBody ?? call.token ?? '');
  if (known === undefined || known.endsAt <= state.now()) throw invalid;
  if (known.namespace !== call.namespaceName) throw invalid;
  if (known.used) {
    state.incidents.push('a wrapping token was unwrapped a second time');
    throw invalid;
  }
  known.used = true;
  return { answer: known.body };
}

/** Keeps an answer for whoever brings its token. */
export function wrap({ state }: Routes, call: StrictCall, found: StrictAnswer): Record<string, unknown> {
  const ttl = call.wrapTtl ?? 0;
  const token = `hvs.${Buffer.from(crypto.getRandomValues(new Uint8Array(18))).toString('base64url')}`;
  state.wrapped.set(token, {
    body: envelope(found),
    creationPath: call.path,
    createdAt: state.now(),
    ttl,
    endsAt: state.now() + ttl * 1000,
    namespace: call.namespaceName,
    used: false,
  });
  const creation = new Date(state.now()).toISOString();
  return {
    ...envelope({}),
    wrap_info: { token, accessor: '', ttl, creation_time: creation, creation_path: call.path },
  };
}

export function envelope(answer: StrictAnswer): Record<string, unknown> {
  return {
    request_id: randomUUID(),
    lease_id: '',
    renewable: false,
    lease_duration: 0,
    data: answer.data ?? null,
    wrap_info: null,
    warnings: answer.warnings?.length ? answer.warnings : null,
    auth: answer.auth ?? null,
  };
}

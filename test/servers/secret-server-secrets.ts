import type { IncomingMessage } from 'node:http';
import type { StrictItem, StrictSecret } from './secret-server-script.ts';
import { type Answer, incident, json, pairs, Refusal, type World } from './secret-server-world.ts';

const hiddenValue = '*** Not Valid For Display ***';

const accessDenied = () =>
  new Refusal(400, { message: 'Access Denied', errorCode: 'API_AccessDenied', modelState: null });

/** Everything below `/secrets/`. */
export function secrets(
  world: World,
  request: IncomingMessage,
  user: string,
  rest: string,
  search: string,
  body: string,
): Answer {
  const [id = '', ...parts] = rest.split('/');
  const query = pairs(world, search, ['noAutoCheckout', 'secretPath']);
  const found = place(world, Number(id), query, user);
  const [first, second, third] = parts;
  if (first === 'restricted')
    return restricted(world, request, found, user, body, second === 'fields' ? third : undefined);
  if (request.method !== 'GET') incident(world, `${request.method} ${rest}`);
  if (body !== '') incident(world, 'a body with GET');
  if (request.headers.accept === undefined) incident(world, 'no accept');
  if (first === 'state') return json({ id: found.id, secretState: found.demand ?? 'None', actions: [] });
  if (first === 'fields') return field(found, second ?? '', demandOf(world, found, user));
  if (first !== undefined) incident(world, `nothing at ${rest}`);
  if (query.noAutoCheckout !== 'true' && /Checkout/.test(found.demand ?? ''))
    incident(world, 'checked out by a plain read');
  const demand = demandOf(world, found, user);
  return demand === null ? json(shown(world, found)) : demanded(world, found, demand);
}

function place(world: World, id: number, query: Record<string, string>, user: string): StrictSecret {
  if ((id === 0) !== (query.secretPath !== undefined))
    incident(world, `id ${id} with path ${query.secretPath}`);
  if (query.secretPath !== undefined && !query.secretPath.startsWith('\\'))
    incident(world, `path ${query.secretPath}`);
  const found = world.state.secrets.find((one) => (id === 0 ? one.path === query.secretPath : one.id === id));
  if (found === undefined || !(found.viewers ?? [user]).includes(user)) throw accessDenied();
  return found;
}

const demandOf = ({ held }: World, found: StrictSecret, user: string): string | null =>
  found.demand === undefined || held.get(found.id) === user ? null : found.demand;

function demanded(world: World, found: StrictSecret, demand: string): Answer {
  switch (found.toldBy ?? 'codes') {
    case 'codes':
      return json({ ...shown(world, found), items: [], responseCodes: [demand] });
    case 'words':
      throw new Refusal(400, { message: 'The secret is restricted.', errorCode: `API_${demand}` });
    case 'state':
      throw accessDenied();
  }
}

function argumentsOf(world: World, request: IncomingMessage, body: string): Record<string, unknown> {
  if (request.method !== 'POST') incident(world, `${request.method} restricted`);
  if (request.headers['content-type'] !== 'application/json')
    incident(world, 'a restricted read without JSON');
  const args = JSON.parse(body) as Record<string, unknown>;
  const names = ['comment', 'forceCheckIn', 'includeInactive', 'noAutoCheckout'];
  for (const name of Object.keys(args)) if (!names.includes(name)) incident(world, `argument ${name}`);
  if (args.forceCheckIn === true) incident(world, 'taken from somebody by force');
  world.state.restricted.push(args);
  return args;
}

function restricted(
  world: World,
  request: IncomingMessage,
  found: StrictSecret,
  user: string,
  body: string,
  slug: string | undefined,
): Answer {
  const args = argumentsOf(world, request, body);
  const { demand } = found;
  const open = demand === undefined || /^Requires(Comment|Checkout|CheckoutAndComment)$/.test(demand);
  if (!open) throw new Refusal(400, { message: 'Not allowed', errorCode: `API_${demand}` });
  if (typeof args.comment !== 'string' || args.comment === '') throw accessDenied();
  if (found.checkedOutBy !== undefined)
    throw new Refusal(400, {
      message: `Secret is checked out by ${found.checkedOutBy}`,
      errorCode: 'API_Error',
    });
  if (slug !== undefined) return field(found, slug, null);
  const checksOut = /Checkout/.test(demand ?? '');
  if (checksOut && args.noAutoCheckout !== false) throw accessDenied();
  if (checksOut) world.held.set(found.id, user);
  return json(shown(world, found));
}

function shown(world: World, found: StrictSecret): Record<string, unknown> {
  return {
    id: found.id,
    name: found.path.split('\\').at(-1),
    secretTemplateName: found.template ?? 'Unix Account (SSH)',
    active: found.active ?? true,
    checkedOut: world.held.has(found.id),
    checkOutEnabled: /Checkout/.test(found.demand ?? ''),
    checkOutMinutesRemaining: world.held.has(found.id) ? 30 : 0,
    lastHeartBeatStatus: found.heartBeat ?? 'Success',
    responseCodes: [],
    items: found.items.map(itemOf),
  };
}

function field(found: StrictSecret, slug: string, demand: string | null): Answer {
  const item = found.items.find((one) => one.slug === decodeURIComponent(slug));
  if (item === undefined || demand !== null) throw accessDenied();
  if (item.isFile === true) return { content: item.value, type: 'application/octet-stream' };
  return json(item.value);
}

function itemOf(item: StrictItem, index: number): Record<string, unknown> {
  const { slug, value, isPassword = false, isFile = false } = item;
  return {
    ...{ itemId: 100 + index, fieldId: 200 + index, fieldName: slug, slug, isPassword, isFile },
    itemValue: isFile ? hiddenValue : value,
    fileAttachmentId: isFile && value !== '' ? 300 + index : null,
    filename: isFile && value !== '' ? `${slug}.pem` : '',
    ...{ isNotes: false, isList: false, listType: 'None' },
  };
}

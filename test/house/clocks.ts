import { type Syntax, walk } from './syntax.ts';

/** Names that are time whoever reads them: to call, to hand on or to keep under another name. */
const timers = ['setTimeout', 'setInterval', 'setImmediate', 'hrtime', 'performance'];

/** What of `Date` has nothing to do with now. */
const timeless = ['parse', 'UTC'];

const nameOf = (node: unknown): unknown => Reflect.get(Object(node), 'name');

/** True when a file asks what time it is, or to be called later, by itself; `source` in its place. */
export function readsTime(file: string, source?: string): boolean {
  let found = false;
  const seen = new Set<unknown>();
  walk(
    file,
    (node, parent) => {
      if (isTimeless(node)) seen.add(node.type === 'NewExpression' ? node.callee : node.object);
      found ||= isTime(node, parent) && !seen.has(node);
    },
    source,
  );
  return found;
}

/** `new Date(at)`, `Date.parse(text)`, `value instanceof Date`. */
function isTimeless({ type, callee, arguments: given, object, property }: Syntax): boolean {
  if (type === 'NewExpression') return nameOf(callee) === 'Date' && Array.isArray(given) && given.length > 0;
  return (
    type === 'MemberExpression' && nameOf(object) === 'Date' && timeless.includes(String(nameOf(property)))
  );
}

function isTime(node: Syntax, parent: Syntax | undefined): boolean {
  if (isFormatOfNow(node)) return true;
  if (node.type === 'Literal') return isTimers(node.value) || isNamed(node, parent);
  if (node.type === 'TemplateElement') return isTimers(Reflect.get(Object(node.value), 'cooked'));
  if (node.type === 'ObjectPattern') return takesTimers(node);
  if (node.type !== 'Identifier' || parent?.type === 'TSTypeReference') return false;
  const name = String(node.name);
  if (name === 'uptime') return parent?.type === 'MemberExpression' && parent.property === node;
  if (name === 'timeout') return nameOf(parent?.object) === 'AbortSignal';
  if (name === 'Date') return parent?.type !== 'BinaryExpression' && !isMember(node, parent);
  return timers.includes(name) && !isDeclared(node, parent);
}

/** `new Intl.DateTimeFormat('en').format()` */
const isFormatOfNow = ({ type, callee, arguments: given }: Syntax): boolean =>
  type === 'CallExpression' &&
  /^format(ToParts)?$/.test(String(nameOf(Reflect.get(Object(callee), 'property')))) &&
  Array.isArray(given) &&
  given.length === 0;

/** `globalThis['setTimeout']` */
const isNamed = (node: Syntax, parent: Syntax | undefined): boolean =>
  parent?.type === 'MemberExpression' && parent.property === node && timers.includes(String(node.value));

/** A property of that name of something else: `facts.Date`. */
const isMember = (node: Syntax, parent: Syntax | undefined): boolean =>
  parent?.type === 'MemberExpression' && parent.property === node && nameOf(parent.object) !== 'globalThis';

/** The key of something of our own: `{ performance: 1 }`. */
const isDeclared = (node: Syntax, parent: Syntax | undefined): boolean =>
  (parent?.type === 'Property' || parent?.type === 'TSPropertySignature') &&
  parent.key === node &&
  parent.shorthand !== true &&
  parent.value !== node;

/** The module of Node. */
const isTimers = (value: unknown): boolean => /^(node:)?timers(\/|$)/.test(String(value));

/** `const { setTimeout: later } = globalThis` */
const takesTimers = ({ properties }: Syntax): boolean =>
  Array.isArray(properties) && properties.some(({ key }: Syntax) => timers.includes(String(nameOf(key))));

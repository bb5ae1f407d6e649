import { type Syntax, walk } from './syntax.ts';

/** Globals that reach the network without any import, and what loads a module past the doors. */
const reaching = ['fetch', 'WebSocket', 'EventSource', 'XMLHttpRequest'];
const loading = 'getBuiltinModule';

const nameOf = (node: unknown): unknown => Reflect.get(Object(node), 'name');

/** True when a file takes the network, or a module, from where no import shows it; `source` in its place. */
export function reachesOut(file: string, source?: string): boolean {
  const own = new Set<string>();
  const taken = new Set<string>();
  let loads = false;
  walk(
    file,
    (node, parent) => {
      if (node.type === 'Literal' || node.type === 'Identifier')
        loads ||= [node.value, node.name].includes(loading);
      if (node.type === 'ObjectPattern') {
        const fromGlobal = parent?.type === 'VariableDeclarator' && nameOf(parent.init) === 'globalThis';
        for (const name of takenBy(node)) (fromGlobal ? taken : own).add(name);
        loads ||= fromGlobal && takenBy(node).length > 0;
      }
      const name = String(nameOf(node));
      if (node.type !== 'Identifier' || !reaching.includes(name)) return;
      if (isDeclared(node, parent)) own.add(name);
      else if (!isOfOther(node, parent)) taken.add(name);
    },
    source,
  );
  return loads || [...taken].some((name) => !own.has(name));
}

/** `{ fetch: ask, … }` */
const takenBy = ({ properties }: Syntax): string[] =>
  Array.isArray(properties)
    ? properties
        .map(({ key }: Syntax) => String(nameOf(key)))
        .filter((name: string) => reaching.includes(name))
    : [];

/** A parameter, a variable, a property or a method of that name is ours. */
function isDeclared(node: Syntax, parent: Syntax | undefined): boolean {
  switch (parent?.type) {
    case 'VariableDeclarator':
    case 'FunctionDeclaration':
    case 'ImportSpecifier':
      return parent.id === node || parent.local === node;
    case 'ArrowFunctionExpression':
    case 'FunctionExpression':
      return Array.isArray(parent.params) && parent.params.includes(node);
    case 'FormalParameter':
    case 'AssignmentPattern':
      return true;
    default:
      return false;
  }
}

/** `orders.fetch`, `{ fetch: … }` and the like; `globalThis.fetch` is the global one all the same. */
function isOfOther(node: Syntax, parent: Syntax | undefined): boolean {
  if (parent?.type === 'MemberExpression')
    return parent.property === node && nameOf(parent.object) !== 'globalThis';
  return (
    [
      'Property',
      'MethodDefinition',
      'PropertyDefinition',
      'TSPropertySignature',
      'TSMethodSignature',
    ].includes(String(parent?.type)) &&
    parent?.key === node &&
    parent.shorthand !== true &&
    parent.value !== node
  );
}
